using System.Collections.Immutable;
using ModelOps.Templates.Chat;

namespace ModelOps.Templates.GoTemplates;

/// <summary>What a template is given: a conversation, or a text with a hole in it.</summary>
public sealed record GoTemplateInput
{
    /// <summary>The conversation, roles in lower case. Absent is the same as empty.</summary>
    public ImmutableArray<ChatMessage> Messages { get; init; }

    /// <summary>Tools on offer. Absent (<c>default</c>) and empty show differently.</summary>
    public ImmutableArray<Tool> Tools { get; init; }

    /// <summary>Text before the hole. Used only together with <see cref="Suffix"/>.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>Text behind the hole.</summary>
    public string Suffix { get; init; } = "";

    /// <summary>Whether to think aloud.</summary>
    public ThinkSetting Think { get; init; }
}
