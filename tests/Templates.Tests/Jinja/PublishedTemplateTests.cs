using System.Text.Json;
using ModelOps.Templates.Jinja;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.Tests.Jinja;

public class PublishedTemplateTests
{
    private const string Absent = "absent";

    public static TheoryData<string, string> Cases()
    {
        var rows = new TheoryData<string, string>();
        if (PublishedTemplates.Folder is null)
        {
            rows.Add(Absent, "{}");
            return rows;
        }

        foreach (var expected in PublishedTemplates.Expectations())
            rows.Add($"{expected.GetProperty("template").GetString()} {expected.GetProperty("case").GetString()}", expected.GetRawText());
        return rows;
    }

    [Theory, MemberData(nameof(Cases)), Trait("Category", "Conformance")]
    public void A_published_template_renders_as_recorded(string id, string text)
    {
        if (id == Absent)
        {
            Assert.True(
                Environment.GetEnvironmentVariable("CI") is null or "",
                "The published chat templates are missing; set MODELOPS_CONFORMANCE.");
            Assert.Skip(
                "The published chat templates are not here: they are other people's text and no part of the project. Set "
                    + "MODELOPS_CONFORMANCE.");
        }

        var expected = JsonDocument.Parse(text).RootElement;
        var source = PublishedTemplates.TextOf(expected.GetProperty("template").GetString()!);
        var variables = PublishedTemplates.Variables(expected.GetProperty("case").GetString()!);
        if (expected.TryGetProperty("output", out var output))
        {
            Assert.Equal(output.GetString(), JinjaTemplate.Parse(source).Render(variables, PublishedTemplates.Now));
            return;
        }

        var error = Assert.Throws<TemplateException>(() => JinjaTemplate.Parse(source).Render(variables, PublishedTemplates.Now));
        var recorded = expected.GetProperty("error").GetString()!;
        const string raised = "TemplateError: ";
        Assert.Equal(
            recorded.StartsWith(raised, StringComparison.Ordinal) ? TemplateErrorKind.Raised : TemplateErrorKind.Execution, error.Kind);
        if (error.Kind == TemplateErrorKind.Raised)
            Assert.Equal(recorded[raised.Length..], error.Message);
        Assert.True(error.Line > 0 && error.Column > 0);
    }
}
