using System.Text;
using ModelOps.Prompting.Calls;
using ModelOps.Prompting.Parsing;
using ModelOps.Templates.Facts;
using ModelOps.TestKit;

namespace ModelOps.Prompting.Tests.Answers;

/// <summary>What is recognised in the chat templates of published models: the table of docs/spec/templates.md.</summary>
[Trait("Category", "Conformance")]
public class TemplateTableTests
{
    [Fact]
    public void Every_published_template_is_recognised()
    {
        var table = new StringBuilder(
            """
            # Chat templates

            What ModelOps finds in the chat templates of published models without running them: whether they show tools and reasoning, how their
            models write calls, the marks around reasoning, and whether system texts have a place. Written by a test from the templates; set
            `UPDATE_GOLDEN=1` to write it anew.

            | Template | Tools | Call format | Thinking | System role |
            |---|---|---|---|---|

            """);
        Assert.SkipWhen(ConformanceData.Jinja is null, "the published chat templates are not beside the project");
        var folder = Path.Combine(ConformanceData.Jinja!, "templates");
        foreach (var file in Directory.EnumerateFiles(folder, "*.jinja").Order(StringComparer.Ordinal))
        {
            var text = File.ReadAllText(file);
            var facts = TemplateFacts.OfJinja(text);
            var format = facts.Tools ? CallFormats.NameOf(text) : "";
            var thinking = CallFormats.IsHarmony(text, "")
                ? "channels"
                : ThinkingMarks.OfJinja(text) is { } marks ? $"`{Escaped(marks.Open)}` `{Escaped(marks.Close)}`"
                : "–";
            table.Append(
                $"| {Path.GetFileNameWithoutExtension(file)} | {(facts.Tools ? "yes" : "–")} | "
                    + $"{(facts.Tools ? format.Length > 0 ? format : "**unknown**" : "–")} | {thinking} | "
                        + $"{(facts.SystemRole ? "yes" : "–")} |\n");
        }

        Assert.DoesNotContain("unknown", table.ToString(), StringComparison.Ordinal);
        Golden.MatchesDocument("docs/spec/templates.md", table.ToString());
    }

    private static string Escaped(string mark) => mark.Replace("|", "\\|", StringComparison.Ordinal);
}
