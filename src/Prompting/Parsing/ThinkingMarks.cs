namespace ModelOps.Prompting.Parsing;

/// <summary>The marks around a model's reasoning.</summary>
/// <param name="Open">Before it.</param>
/// <param name="Close">Behind it.</param>
public sealed record ThinkingMarks(string Open, string Close)
{
    /// <summary>Marks of published models; the first pair that a template shows counts.</summary>
    private static readonly ThinkingMarks[] Known =
    [
        new("<seed:think>", "</seed:think>"),
        new("<mm:think>", "</mm:think>"),
        new("<think:opensource>", "</think:opensource>"),
        new("<|START_THINKING|>", "<|END_THINKING|>"),
        new("<|channel>thought", "<channel|>"),
        new("<|think|>", "<|end|>"),
        new("[THINK]", "[/THINK]"),
        new("<|open|>think<|sep|>", "<|close|>think<|sep|>"),
        new("<think>", "</think>"),
    ];

    /// <summary>What the text of a Jinja template shows; null for none.</summary>
    internal static ThinkingMarks? OfJinja(string template) =>
        // Some templates put their marks together from parts.
        template.Contains(
            "open_tag('think')", StringComparison.Ordinal) ? new ThinkingMarks("<|open|>think<|sep|>", "<|close|>think<|sep|>")
        : template.Contains("<think{}>", StringComparison.Ordinal) ? new ThinkingMarks("<think:opensource>", "</think:opensource>")
        : Known.FirstOrDefault(
            marks => template.Contains(marks.Open, StringComparison.Ordinal) && template.Contains(marks.Close, StringComparison.Ordinal))
        ?? (template.Contains("</think>", StringComparison.Ordinal) ? new ThinkingMarks("<think>", "</think>") : null);
}
