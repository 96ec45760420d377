using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Lint.Formats;
using ModelOps.TestKit;

namespace ModelOps.ModelfileLang.Tests.Lint;

public class RuleCaseTests
{
    public static TheoryData<string> Codes => [.. LintRules.All.Select(rule => rule.Code)];

    [Theory, MemberData(nameof(Codes))]
    public void A_rule_finds_its_case_and_says_it_in_these_words(string code)
    {
        var report = new RuleCase(code).Check("positive");

        Assert.Contains(report.Findings, finding => finding.Code == code);
        Golden.Matches(
            $"ModelfileLang.Tests/Cases/{code}/expected.txt", LintText.Write(new LintRun(report, LintRules.All, Severity.Warning, "0")));
    }

    [Theory, MemberData(nameof(Codes))]
    public void A_rule_is_silent_about_the_mended_case(string code) =>
        Assert.DoesNotContain(new RuleCase(code).Check("negative").Findings, finding => finding.Code == code);

    [Theory, MemberData(nameof(Codes))]
    public void A_rule_can_be_ignored_unless_the_file_would_not_build(string code)
    {
        var rule = LintRules.Find(code)!;
        var files = new RuleCase(code);
        var isAboutIgnores = code is "MF5009" or "MF5010" or "MF5011";
        Assert.Equal(rule.CanBeIgnored && !isAboutIgnores, files.Has("ignored"));
        if (!files.Has("ignored"))
            return;

        var report = files.Check("ignored");

        Assert.DoesNotContain(report.Findings, finding => finding.Code == code || finding.Code == "MF5009");
        Assert.True(report.Ignored > 0);
    }

    [Theory, MemberData(nameof(Codes))]
    public void A_rule_says_truly_whether_it_has_fixes(string code) =>
        Assert.Equal(
            LintRules.Find(code)!.IsFixable,
            new RuleCase(code).Check("positive").Findings.Any(finding => finding.Code == code && finding.Fix is not null));

    [Fact]
    public void Every_case_belongs_to_a_rule() => Assert.All(
        Directory.GetDirectories(RuleCase.Folder, "MF*").Select(Path.GetFileName),
        code => Assert.NotNull(LintRules.Find(code!)));

    [Theory, MemberData(nameof(Codes))]
    public void A_rule_has_its_section_in_the_documentation(string code)
    {
        var (rule, page) = (LintRules.Find(code)!, RulePages.Find(code));
        Assert.NotNull(page);

        var lines = page.Split('\n');
        Assert.Equal($"## {code} {rule.Title}", lines[0]);
        Assert.StartsWith(SeverityWords.Of(rule.Severity), lines[2], StringComparison.Ordinal);
        Assert.Equal(rule.IsFixable, lines[2].Contains("*fix*", StringComparison.Ordinal));
        Assert.Equal([Visible(code, "positive"), Visible(code, "negative")], Blocks(page));
    }

    [Fact]
    public void The_documentation_has_no_section_without_a_rule() =>
        Assert.All(
            RulePages.Codes.Where(code => code.StartsWith("MF", StringComparison.Ordinal)), code => Assert.NotNull(LintRules.Find(code)));

    private static string Visible(string code, string name) =>
        SafeText.ForLines(Encoding.UTF8.GetString(new RuleCase(code).Bytes(name)))
            .Replace("\u00a0", "<U+00A0>", StringComparison.Ordinal)
            .TrimEnd('\n');

    private static IEnumerable<string> Blocks(string page) =>
        page.Split("```modelfile\n").Skip(1).Select(rest => rest[..rest.IndexOf("\n```", StringComparison.Ordinal)]);
}
