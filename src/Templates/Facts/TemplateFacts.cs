using ModelOps.Templates.GoTemplates;

namespace ModelOps.Templates.Facts;

/// <summary>What a chat template shows about its model, without running it.</summary>
/// <param name="Tools">It shows tools.</param>
/// <param name="Thinking">It shows earlier reasoning.</param>
/// <param name="Insert">It can fill a hole between two texts.</param>
/// <param name="Vision">It places images.</param>
/// <param name="SystemRole">It shows system texts.</param>
/// <param name="ToolRoundTrip">It shows calls of tools and their results.</param>
public sealed record TemplateFacts(bool Tools, bool Thinking, bool Insert, bool Vision, bool SystemRole, bool ToolRoundTrip)
{
    private static readonly string[] Results = ["eq .Role \"tool\"", "tool_response", "TOOL_RESULTS"];

    /// <summary>The mark in front of tool calls, where one is known.</summary>
    public string? ToolTag { get; init; }

    /// <summary>The marks around reasoning, where both are known.</summary>
    public (string Open, string Close)? ThinkingTags { get; init; }

    /// <summary>The facts of a Go template.</summary>
    public static TemplateFacts OfGo(GoTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        var tools = template.Uses("tools");
        return new TemplateFacts(
            tools,
            template.ThinkingTags is not null,
            template.Uses("suffix"),
            template.Uses("images"),
            template.Uses("system") || template.Uses("messages"),
            tools && template.Uses("toolcalls") && Array.Exists(Results, template.Text.Contains))
        {
            ToolTag = template.ToolTag,
            ThinkingTags = template.ThinkingTags,
        };
    }

    /// <summary>The facts of a Jinja template, found by searching its text.</summary>
    public static TemplateFacts OfJinja(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var traits = TemplateTraits.OfJinja(text);
        return new TemplateFacts(
            traits.Tools,
            traits.Thinking,
            Insert: false,
            Vision: text.Contains("image", StringComparison.Ordinal),
            SystemRole: text.Contains("system", StringComparison.Ordinal),
            traits.ToolRoundTrip);
    }
}
