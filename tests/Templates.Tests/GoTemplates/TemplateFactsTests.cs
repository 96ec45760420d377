using ModelOps.Templates.Facts;
using ModelOps.Templates.GoTemplates;

namespace ModelOps.Templates.Tests.GoTemplates;

public class TemplateFactsTests
{
    private const string Thinks = "{{ range .Messages }}{{ if .Thinking }}<t>{{ .Thinking }}</t>{{ end }}{{ .Content }}{{ end }}";

    [Fact]
    public void A_plain_template_can_do_nothing_special()
    {
        var facts = Of("{{ .Prompt }}");

        Assert.Equal(new TemplateFacts(false, false, false, false, false, false) { ToolTag = "{" }, facts);
    }

    [Fact]
    public void Fields_that_a_template_uses_tell_what_it_can_do()
    {
        var facts = Of("{{ .System }}{{ .Suffix }}{{ range .Tools }}{{ . }}{{ end }}");

        Assert.True(facts.SystemRole && facts.Insert && facts.Tools);
        Assert.False(facts.Thinking || facts.ToolRoundTrip);
    }

    [Fact]
    public void Both_marks_around_reasoning_make_a_thinking_model()
    {
        Assert.Equal(("<t>", "</t>"), Of(Thinks).ThinkingTags);
        Assert.True(Of(Thinks).Thinking);
        Assert.False(Of(Thinks.Replace("</t>", "", StringComparison.Ordinal)).Thinking);
    }

    [Fact]
    public void Calls_and_results_make_a_round_trip()
    {
        const string Calls = "{{ .Tools }}{{ range .Messages }}{{ if .ToolCalls }}<call>{{ . }}{{ end }}";

        Assert.False(Of(Calls + "{{ end }}").ToolRoundTrip);
        Assert.True(Of(Calls + "{{ if eq .Role \"tool\" }}x{{ end }}{{ end }}").ToolRoundTrip);
        Assert.Equal("<call>", Of(Calls + "{{ end }}").ToolTag);
    }

    private static TemplateFacts Of(string go) => TemplateFacts.OfGo(GoTemplate.Parse(go));
}
