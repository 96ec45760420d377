using System.Collections.Immutable;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Requests;

/// <summary>A chat.</summary>
public sealed record ChatRequest : TextRequest
{
    /// <summary>The conversation; empty asks to load or unload.</summary>
    public ImmutableArray<ChatMessage> Messages { get; init; } = [];

    /// <summary>Tools on offer; <c>default</c> when the key was absent, empty when it was an empty list.</summary>
    public ImmutableArray<Tool> Tools { get; init; }

    /// <summary>Whether a tool must, may or must not be called.</summary>
    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;
}
