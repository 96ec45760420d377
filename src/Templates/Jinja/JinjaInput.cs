using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.Templates.Chat;

namespace ModelOps.Templates.Jinja;

/// <summary>A conversation for a chat template.</summary>
public sealed record JinjaInput
{
    /// <summary>The turns, oldest first.</summary>
    public ImmutableArray<ChatMessage> Messages { get; init; } = [];

    /// <summary>Tools on offer; without any, templates see <c>none</c>.</summary>
    public ImmutableArray<Tool> Tools { get; init; } = [];

    /// <summary>Whether the text ends with the beginning of the assistant's turn.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>Text of the token that begins a text.</summary>
    public string BosToken { get; init; } = "";

    /// <summary>Text of the token that ends a text.</summary>
    public string EosToken { get; init; } = "";

    /// <summary>Whether the model thinks: <c>enable_thinking</c>, and <c>reasoning_effort</c> where a level is named.</summary>
    public ThinkSetting Think { get; init; }

    /// <summary>More variables; they win over the ones above.</summary>
    public JsonObject? Variables { get; init; }

    /// <summary>The time that <c>strftime_now</c> uses.</summary>
    public DateTimeOffset Now { get; init; }
}
