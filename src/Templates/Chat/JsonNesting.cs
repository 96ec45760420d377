using System.Text.Json;

namespace ModelOps.Templates.Chat;

/// <summary>
/// How deep JSON may be nested, wherever it is from: a client's body, the arguments of a call, a schema, what a store keeps of them. The
/// library's own limit is lower; if one place kept it, JSON that another place accepts would fail there.
/// </summary>
public static class JsonNesting
{
    /// <summary>Most objects and lists inside one another.</summary>
    public const int Deepest = 1000;

    /// <summary>The same for what is written around a part that is as deep as it may be.</summary>
    public const int DeepestAround = Deepest + 100;

    /// <summary>For reading text into nodes or elements.</summary>
    public static JsonDocumentOptions Document { get; } = new() { MaxDepth = Deepest };
}
