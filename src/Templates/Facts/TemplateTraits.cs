namespace ModelOps.Templates.Facts;

/// <summary>
/// What a chat template can do, found by searching its text; so a template that cannot be parsed has traits too. The reference judges
/// by these. <see cref="TemplateFacts.OfGo"/> says what a Go template really uses.
/// </summary>
/// <param name="Tools">Shows tools to the model.</param>
/// <param name="Thinking">Separates thinking from answering.</param>
/// <param name="Insert">Fills a gap between a prompt and a suffix.</param>
/// <param name="ToolRoundTrip">Carries calls and their results back to the model.</param>
public readonly record struct TemplateTraits(bool Tools, bool Thinking, bool Insert, bool ToolRoundTrip)
{
    private static readonly string[] JinjaResults =
    [
        "tool_response", "tool_results", "role'] == 'tool'", "role\"] == \"tool\"", "role'] == \"tool\"", "role\"] == 'tool'",
        "message.role == 'tool'", "message.role == \"tool\"", "ipython",
    ];

    /// <summary>How many of tools, thinking and insert it has.</summary>
    public int Count => (Tools ? 1 : 0) + (Thinking ? 1 : 0) + (Insert ? 1 : 0);

    /// <summary>Traits of the Jinja template inside a GGUF file.</summary>
    public static TemplateTraits OfJinja(string text)
    {
        var tools = Has(text, "tools") || Has(text, "tool_call");
        var thinking = (Has(text, "<think>") && Has(text, "</think>"))
            || ((Has(text, "content.split('</think>')") || Has(text, "content.split(\"</think>\")"))
                && !Has(text, "reasoning_content") && !Has(text, "<SPECIAL_12>"));
        var roundTrip = tools
            && (Has(text, "tool_calls") || Has(text, "assistant_tool_call"))
            && Array.Exists(JinjaResults, mark => Has(text, mark));
        return new(tools, thinking, Insert: false, roundTrip);
    }

    /// <summary>Traits of a Go template.</summary>
    public static TemplateTraits OfGo(string text)
    {
        var tools = Uses(text, ".Tools");
        var results = Has(text, "eq .Role \"tool\"") || Has(text, "tool_response") || Has(text, "TOOL_RESULTS");
        return new(tools, Uses(text, ".Thinking"), Uses(text, ".Suffix"), tools && Uses(text, ".ToolCalls") && results);
    }

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.Ordinal);

    // A field of this name inside an action.
    private static bool Uses(string text, string field)
    {
        for (var at = text.IndexOf(field, StringComparison.Ordinal); at >= 0; at = text.IndexOf(field, at + 1, StringComparison.Ordinal))
        {
            var end = at + field.Length;
            var opened = text.LastIndexOf("{{", at, StringComparison.Ordinal);
            if (opened >= 0 && text.IndexOf("}}", opened, at - opened, StringComparison.Ordinal) < 0
                && (end == text.Length || !(char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')))
            {
                return true;
            }
        }

        return false;
    }
}
