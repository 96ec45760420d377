using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Lint.Formats;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.TestKit;

namespace ModelOps.ModelfileLang.Tests.Lint;

public class FormatTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static LintRun Some { get; } = Run(
        (
            "models/my bot/Modelfile",
            "from pico\nPARAMETER top_p\t 90\nSYSTEM \"\"\"\nkey hf_abcdefghijklmnopqrstuvwx\n::error::<b>&\u001b[31m\n"),
        ("models/ok/Modelfile", "FROM pico:1\n"));

    [Fact]
    public void Text_shows_the_line_a_mark_and_a_hint() => Golden.Matches("ModelfileLang.Tests/Lint/format.txt", LintText.Write(Some));

    [Fact]
    public void Colours_add_nothing_but_colours()
    {
        var colored = LintText.Write(Some, color: true);

        Assert.Contains("\u001b[31merror MF1005\u001b[0m", colored, StringComparison.Ordinal);
        Assert.Equal(
            LintText.Write(Some),
            System.Text.RegularExpressions.Regex.Replace(colored, "\u001b\\[[0-9]+m", "", default, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Json_is_a_contract() => Golden.Matches("ModelfileLang.Tests/Lint/format.json", Text(LintJson.Write(Some)));

    [Fact]
    public void Sarif_names_every_rule_and_points_at_its_results()
    {
        var run = LintSarif.Write(Some)["runs"]![0]!;
        var rules = run["tool"]!["driver"]!["rules"]!.AsArray();

        Assert.Equal(LintRules.All.Length, rules.Count);
        Assert.All(run["results"]!.AsArray(), result =>
        {
            Assert.Equal(result!["ruleId"]!.GetValue<string>(), rules[result["ruleIndex"]!.GetValue<int>()]!["id"]!.GetValue<string>());
            Assert.Equal(
                "models/my%20bot/Modelfile", result["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"]!.GetValue<string>());
        });
        Golden.Matches("ModelfileLang.Tests/Lint/format.sarif", Text(run["results"]!));
    }

    [Fact]
    public void Fingerprints_stay_when_lines_move_and_differ_between_findings()
    {
        var before = Run(("a", "FROM pico:1\nPARAMETER top_p 90\nPARAMETER top_p 90\n"));

        Assert.Equal(Prints(before), Prints(Run(("a", "# new\n\nFROM pico:1\nPARAMETER top_p 90\nPARAMETER top_p 90\n"))));
        Assert.Equal(Prints(before).Length, Prints(before).Distinct().Count());
    }

    [Fact]
    public void GitHub_commands_carry_place_and_title() =>
        Golden.Matches("ModelfileLang.Tests/Lint/format.github.txt", LintGitHub.Write(Some));

    [Fact]
    public void GitHub_is_shown_the_ten_worst_of_a_level_and_told_of_the_others()
    {
        var many = string.Concat(Enumerable.Range(0, 15).Select(index => $"PARAMETER stop x{index} # no\n"));

        var lines = LintGitHub.Write(Run(("a", "FROM a:1\n" + many))).Split('\n');

        Assert.Equal(10, lines.Count(line => line.StartsWith("::warning ", StringComparison.Ordinal)));
        Assert.Contains("5 more of level warning are not shown; the other formats have all.", lines);
    }

    [Fact]
    public void GitLab_gets_its_report() => Golden.Matches("ModelfileLang.Tests/Lint/format.gitlab.json", Text(LintGitLab.Write(Some)));

    [Fact]
    public void JUnit_counts_files_without_findings_as_passed()
    {
        var xml = LintJUnit.Write(Some);

        Assert.Equal("no findings", XDocument.Parse(xml).Descendants("testcase").First().Attribute("name")!.Value);
        Golden.Matches("ModelfileLang.Tests/Lint/format.junit.xml", xml);
    }

    [Fact]
    public void No_format_shows_a_secret_or_lets_text_out_of_its_place()
    {
        foreach (var output in (string[])[
            LintText.Write(Some), Text(LintJson.Write(Some)), Text(LintSarif.Write(Some)), LintGitHub.Write(Some),
            Text(LintGitLab.Write(Some)), LintJUnit.Write(Some),
        ])
        {
            Assert.DoesNotContain("abcdefghijkl", output, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', output);
            Assert.DoesNotContain("\n::error::", output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, 0, "2 findings, no fail level → exit 0")]
    [InlineData(Severity.Error, 0, "2 findings, 0 at or above error → exit 0")]
    [InlineData(Severity.Warning, 1, "2 findings, 1 at or above warning → exit 1")]
    [InlineData(Severity.Style, 1, "2 findings, 2 at or above style → exit 1")]
    public void The_fail_level_is_inclusive_and_decides_the_exit_code(Severity? level, int exitCode, string summary)
    {
        var verdict = LintVerdict.Of(Run(("a", "from a:1\nPARAMETER top_p 90\n")).Report.Findings, level);

        Assert.Equal(exitCode, verdict.ExitCode);
        Assert.Equal(summary, verdict.Summary);
    }

    private static LintRun Run(params (string File, string Text)[] files) => new(
        LintReport.Merge(files.Select(file => ModelfileLint.Check(ModelfileSource.OfText(file.Text, file.File), LintOptions.Default))),
        LintRules.All,
        Severity.Warning,
        "1.0.0");

    private static string[] Prints(LintRun run) =>
        [.. LintGitLab.Write(run).Select(item => item!["fingerprint"]!.GetValue<string>())];

    private static string Text(JsonNode json) => json.ToJsonString(Indented) + "\n";
}
