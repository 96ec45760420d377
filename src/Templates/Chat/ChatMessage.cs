using System.Collections.Immutable;

namespace ModelOps.Templates.Chat;

/// <summary>One turn of a conversation, as a chat request, a MESSAGE instruction or a template sees it.</summary>
/// <param name="Role">Lower-case role: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c> or whatever the caller sent.</param>
/// <param name="Content">The text; empty when there is none.</param>
public sealed record ChatMessage(string Role, string Content)
{
    /// <summary>Earlier reasoning of an assistant turn; empty when there is none.</summary>
    public string Thinking { get; init; } = "";

    /// <summary>Attached images (decoded bytes); empty when there are none.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Images { get; init; } = [];

    /// <summary>Calls that an assistant turn made.</summary>
    public ImmutableArray<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>On a <c>tool</c> turn: the function that gave the result; else empty.</summary>
    public string ToolName { get; init; } = "";

    /// <summary>On a <c>tool</c> turn: the call that is answered; else empty.</summary>
    public string ToolCallId { get; init; } = "";
}
