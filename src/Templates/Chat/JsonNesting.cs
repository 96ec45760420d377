using System.Text.Json;

namespace ModelOps.Templates.Chat;

/// <summary>
/// How deep JSON may be nested, whoever wrote it: a client's body, the arguments of a call, a schema, what a store keeps of them. The
/// library's own limit is lower; where it held alone, what was let in at one place would fail at the next.
/// </summary>
public static class JsonNesting
{
    /// <summary>Most objects and lists inside of one another.</summary>
    public const int Deepest = 1000;

    /// <summary>The same for what is written around a part that is as deep as it may be.</summary>
    public const int DeepestAround = Deepest + 100;

    /// <summary>For reading text into nodes or elements.</summary>
    public static JsonDocumentOptions Document { get; } = new() { MaxDepth = Deepest };
}
