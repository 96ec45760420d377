namespace ModelOps.Templates.Facts;

/// <summary>What the text of a Jinja chat template tells about its model (spec 3.2): found by searching it, not by running it.</summary>
/// <param name="Tools">It knows tools.</param>
/// <param name="Thinking">It knows thinking.</param>
/// <param name="ToolRoundTrip">It prints calls of tools and their results.</param>
public sealed record JinjaTemplateFacts(bool Tools, bool Thinking, bool ToolRoundTrip)
{
    private static readonly string[] Results =
    [
        "tool_response", "tool_results", "ipython",
        "role'] == 'tool'", "role\"] == \"tool\"", "role'] == \"tool\"", "role\"] == 'tool'",
        "message.role == 'tool'", "message.role == \"tool\"",
    ];

    /// <summary>The facts of a template's text.</summary>
    public static JinjaTemplateFacts Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tools = Has(text, "tools") || Has(text, "tool_call");
        var splits = Has(text, "content.split('</think>')") || Has(text, "content.split(\"</think>\")");
        var thinking = (Has(text, "<think>") && Has(text, "</think>"))
            || (splits && !Has(text, "reasoning_content") && !Has(text, "<SPECIAL_12>"));
        var roundTrip = tools && (Has(text, "tool_calls") || Has(text, "assistant_tool_call")) && Array.Exists(Results, result => Has(text, result));
        return new JinjaTemplateFacts(tools, thinking, roundTrip);
    }

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.Ordinal);
}
