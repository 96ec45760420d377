using System.Text.Json;
using ModelOps.Templates.GoTemplates;
using ModelOps.Templates.Rendering;
using ModelOps.TestKit;

namespace ModelOps.Templates.Tests.GoTemplates;

[Trait("Category", "Conformance")]
public class RenderConformanceTests
{
    private static readonly DateOnly Today = new(2026, 3, 14);

    public static TheoryData<string, string> Cases => ConformanceData.Cases("go-template", "render.jsonl");

    [Theory, MemberData(nameof(Cases))]
    public void A_prompt_is_what_the_reference_makes(string id, string json)
    {
        Assert.NotEmpty(id);
        using var document = JsonDocument.Parse(json);
        var expected = document.RootElement;
        var template = GoTemplate.Parse(expected.GetProperty("template").GetString()!);
        var input = ConformanceInput.Read(expected.GetProperty("input"));
        var isFault = expected.TryGetProperty("fault", out var fault) && fault.GetBoolean();

        if (isFault && !expected.TryGetProperty("repaired", out _))
        {
            // The reference crashes: any text or clean error will do.
            if (Record.Exception(() => template.Render(input, today: Today)) is { } failure)
                Assert.IsType<TemplateException>(failure);
        }
        else if (isFault || expected.GetProperty("ok").GetBoolean())
        {
            var text = expected.GetProperty(isFault ? "repaired" : "output").GetString()!;
            Assert.Equal(ConformanceInput.Dated(text, Today), template.Render(input, today: Today));
        }
        else
        {
            var error = Assert.Throws<TemplateException>(() => template.Render(input, today: Today));
            Assert.NotEqual(TemplateErrorKind.Parse, error.Kind);
            Assert.True(error.Line >= 1 && error.Column >= 1);
        }
    }
}
