using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Tests.Lint;

public class IgnoreTests
{
    [Fact]
    public void An_ignore_holds_for_the_next_instruction_only() =>
        Assert.Equal([4], Lines("FROM a:1\n# modelops ignore=MF2006\nPARAMETER top_p 90\nPARAMETER min_p 90\n", "MF2006"));

    [Fact]
    public void A_global_ignore_holds_for_the_whole_file() =>
        Assert.Empty(
            Lines(
                "# modelops global ignore=MF2006,MF2010 reason=\"we know\"\nFROM a:1\nPARAMETER top_p 90\nPARAMETER min_p "
                    + "90\nPARAMETER temperature 0\n",
                "MF2006"));

    [Fact]
    public void Several_ignores_above_one_instruction_all_hold() =>
        Assert.Empty(Check("FROM a:1\n# modelops ignore=MF2006\n# why\n# modelops ignore=MF5001\nparameter top_p 90\n").Findings);

    [Fact]
    public void Ignores_are_not_honoured_when_switched_off() =>
        Assert.Equal(
            [3],
            Lines(
                "FROM a:1\n# modelops ignore=MF2006\nPARAMETER top_p 90\n", "MF2006", LintOptions.Default with { HonourIgnores = false }));

    [Fact]
    public void What_the_reference_refuses_cannot_be_ignored_nor_disabled()
    {
        var report = Check("FROM a:1\n# modelops ignore=MF2001\nPARAMETER topp 90\n", LintOptions.Default with { Disabled = ["MF2001"] });

        Assert.Equal(["MF5011", "MF2001"], report.Findings.Select(finding => finding.Code));
    }

    [Fact]
    public void Silence_of_a_rule_that_lacks_facts_does_not_make_its_ignore_unused() =>
        Assert.Empty(Check("FROM a:1\n# modelops ignore=MF2007 reason=\"rope scaling\"\nPARAMETER num_ctx 90000\n").Findings);

    [Theory]
    [InlineData("# just a comment", null)]
    [InlineData("# modelops is nice", "does not say ignore=")]
    [InlineData("# modelops ignore=", "No rule is named")]
    [InlineData("# modelops ignore=MF2006 because", "only reason=")]
    [InlineData("#modelops global ignore=MF2006 reason=\"a b\"", null)]
    public void A_comment_that_speaks_to_us_is_read_strictly(string comment, string? error)
    {
        var found = IgnoreComment.Parse(comment)?.Error;

        Assert.Equal(error is null, found is null);
        Assert.Contains(error ?? "", found ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Severities_can_be_configured()
    {
        var report = Check(
            "from a:1\n", new LintOptions { Severities = LintOptions.Default.Severities.Add("MF5001", Diagnostics.Severity.Error) });

        Assert.Equal(1, LintVerdict.Of(report.Findings, Diagnostics.Severity.Error).ExitCode);
    }

    private static LintReport Check(string text, LintOptions? options = null) =>
        ModelfileLint.Check(ModelfileSource.OfText(text), options ?? LintOptions.Default);

    private static IEnumerable<int> Lines(string text, string code, LintOptions? options = null) =>
        Check(text, options).Findings.Where(finding => finding.Code == code).Select(finding => finding.Diagnostic.Span.Line);
}
