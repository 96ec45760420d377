using System.Text.Json;
using ModelOps.Templates.GoTemplates;
using ModelOps.Templates.Rendering;
using ModelOps.TestKit;

namespace ModelOps.Templates.Tests.GoTemplates;

[Trait("Category", "Conformance")]
public class TemplateConformanceTests
{
    public static TheoryData<string, string> Cases => ConformanceData.Cases("go-template", "templates.jsonl");

    [Theory, MemberData(nameof(Cases))]
    public void A_template_is_read_as_the_reference_does(string id, string json)
    {
        Assert.NotEmpty(id);
        using var document = JsonDocument.Parse(json);
        var expected = document.RootElement;
        var text = expected.GetProperty("template").GetString()!;

        if (!expected.GetProperty("ok").GetBoolean())
        {
            var error = Assert.Throws<TemplateException>(() => GoTemplate.Parse(text));
            Assert.Equal(TemplateErrorKind.Parse, error.Kind);
            Assert.True(error.Line >= 1 && error.Column >= 1);
            return;
        }

        var template = GoTemplate.Parse(text);

        Assert.Equal(Texts(expected.GetProperty("vars")), template.Variables);
        Assert.Equal(
            Texts(expected.GetProperty("thinking_tags")), [template.InferredThinkingTags.Open, template.InferredThinkingTags.Close]);
        Assert.Equal(expected.GetProperty("tool_tag").GetString(), template.ToolTag);
    }

    private static IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Select(item => item.GetString()!);
}
