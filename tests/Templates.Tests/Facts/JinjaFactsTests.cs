using ModelOps.Templates.Facts;

namespace ModelOps.Templates.Tests.Facts;

public class JinjaFactsTests
{
    [Theory]
    [InlineData("{{ messages }}", false)]
    [InlineData("{% if tools %}{% endif %}", true)]
    [InlineData("{{ message.tool_call }}", true)]
    public void Tools_are_known_by_their_names(string template, bool expected) =>
        Assert.Equal(expected, TemplateFacts.OfJinja(template).Tools);

    [Theory]
    [InlineData("<think>", false)]
    [InlineData("<think></think>", true)]
    [InlineData("{{ content.split('</think>')[-1] }}", true)]
    [InlineData("{{ content.split(\"</think>\")[-1] }}", true)]
    [InlineData("{{ content.split('</think>')[-1] }}{{ message.reasoning_content }}", false)]
    [InlineData("{{ content.split('</think>')[-1] }}<SPECIAL_12>", false)]
    [InlineData("<think></think>{{ message.reasoning_content }}", true)]
    public void Thinking_is_known_by_its_marks(string template, bool expected) =>
        Assert.Equal(expected, TemplateFacts.OfJinja(template).Thinking);

    [Theory]
    [InlineData("tools tool_calls", false)]
    [InlineData("tools tool_response", false)]
    [InlineData("tools tool_calls tool_response", true)]
    [InlineData("tools assistant_tool_call tool_results", true)]
    [InlineData("tools tool_calls message['role'] == 'tool'", true)]
    [InlineData("tools tool_calls message[\"role\"] == \"tool\"", true)]
    [InlineData("tools tool_calls message['role'] == \"tool\"", true)]
    [InlineData("tools tool_calls message.role == 'tool'", true)]
    [InlineData("tools tool_calls ipython", true)]
    [InlineData("tools tool_calls other.role == 'tool'", false)]
    public void A_round_trip_needs_tools_calls_and_results(string template, bool expected) =>
        Assert.Equal(expected, TemplateFacts.OfJinja(template).ToolRoundTrip);

    [Fact]
    public void Filling_in_is_nothing_a_chat_template_does() => Assert.False(TemplateFacts.OfJinja("suffix tools <think></think>").Insert);
}
