using ModelOps.ModelfileLang.Lint;
using ModelOps.Reconciler.Lint;
using ModelOps.Reconciler.Tests.Reconciling;
using ModelOps.Reconciler.Tests.Sources;
using ModelOps.Runtime.Contract;
using ModelOps.TestKit;

namespace ModelOps.Reconciler.Tests.Lint;

/// <summary>
/// Rules about <c>modelops.yaml</c> and the repository: each has a page whose examples are true, and each that may be ignored can be.
/// </summary>
public sealed class RepositoryLintTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Codes => [.. RepositoryRules.All.Select(rule => rule.Code)];

    public static TheoryData<string> Ignorable => [.. RepositoryRules.All.Where(rule => rule.CanBeIgnored).Select(rule => rule.Code)];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Codes))]
    public async Task The_bad_example_of_a_page_has_the_finding_and_the_good_one_has_not(string code)
    {
        var page = RulePages.Find(code);
        Assert.NotNull(page);
        var rule = RepositoryRules.All.Single(rule => rule.Code == code);
        Assert.StartsWith($"## {code} {rule.Title}\n\n{rule.Severity.ToString().ToLowerInvariant()}", page, StringComparison.Ordinal);
        Assert.Contains("Bad:\n\n```", page, StringComparison.Ordinal);
        Assert.Contains("Good:\n\n```", page, StringComparison.Ordinal);

        // Repository rules need files that no page can hold: they have tests of their own beside the trees.
        if (Example(page, "Bad") is { } bad)
            Assert.Contains((await LintAsync(bad)).Findings, finding => finding.Code == code && finding.Severity == rule.Severity);
        if (Example(page, "Good") is { } good)
            Assert.DoesNotContain((await LintAsync(good)).Findings, finding => finding.Code == code);
    }

    [Fact]
    public void Every_page_of_these_parts_has_a_rule() =>
        Assert.Equal(
            RepositoryRules.All.Select(rule => rule.Code).Order(StringComparer.Ordinal),
            RulePages.Codes.Where(code => !code.StartsWith("MF", StringComparison.Ordinal)));

    [Fact]
    public void Every_code_that_is_told_has_a_rule()
    {
        var source = string.Concat(Directory.GetFiles(RepoRoot.Combine("src", "Reconciler"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/Lint/", StringComparison.Ordinal)).Select(File.ReadAllText));
        Assert.All(RepositoryRules.All, rule => Assert.Contains($"\"{rule.Code}\"", source, StringComparison.Ordinal));
        var told = System.Text.RegularExpressions.Regex.Matches(
            source, "\"(?<code>(DS|RP)[0-9]{4})\"", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))
            .Select(match => match.Groups["code"].Value);
        Assert.Empty(told.Except(RepositoryRules.All.Select(rule => rule.Code)));
    }

    [Theory, MemberData(nameof(Ignorable))]
    public async Task A_comment_takes_a_finding_out(string code)
    {
        var bad = Example(RulePages.Find(code)!, "Bad")!;
        var report = await LintAsync($"# modelops global ignore={code} reason=\"a test\"\n{Whole(bad)}");
        Assert.DoesNotContain(
            report.Findings, finding => finding.Code == code || finding.Code.StartsWith("MF50", StringComparison.Ordinal));
        Assert.Equal(1, report.Ignored);
        Assert.Contains((await LintAsync(bad, new LintOptions { HonourIgnores = false })).Findings, finding => finding.Code == code);
    }

    [Fact]
    public async Task A_comment_holds_for_the_entry_below_it_only()
    {
        var report = await LintAsync("""
            # modelops ignore=DS2007 reason="kept for old clients"
            - name: one
              inline: FROM pico:1
              aliases: [one]
            - name: two
              inline: FROM pico:1
              aliases: [two]
            """);
        Assert.Contains(
            "two", Assert.Single(report.Findings, finding => finding.Code == "DS2007").Diagnostic.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# modelops ignore=DS2007 reason=\"x\"", "MF5009", false)]
    [InlineData("# modelops ignore=DS9999", "MF5011", false)]
    [InlineData("# modelops ignore=DS1002", "MF5011", false)]
    [InlineData("# modelops ignored=DS2007", "MF5011", false)]
    [InlineData("# modelops ignore=DS2007", "MF5010", true)]
    public async Task Comments_of_no_use_are_told(string comment, string code, bool strict)
    {
        var report = await LintAsync($"{comment}\n- name: chat\n  inline: FROM pico:1\n", new LintOptions { Strict = strict });
        Assert.Contains(report.Findings, finding => finding.Code == code);
    }

    [Fact]
    public async Task Links_and_paths_are_told_with_the_name_the_user_knows()
    {
        File.WriteAllText(_folder.Combine("modelops.yaml"), Whole("- name: chat\n  inline: FROM pico:1"));
        File.CreateSymbolicLink(_folder.Combine("link"), "/etc/hosts");
        Directory.CreateDirectory(_folder.Combine("a"));
        File.WriteAllText(_folder.Combine("a", "x"), "");
        File.WriteAllText(_folder.Combine("A"), "");
        var report = await RepositoryLint.CheckAsync(
            _folder.Path, file => "shown/" + file, _ => false, LintOptions.Default, null, TimeProvider.System,
            TestContext.Current.CancellationToken);
        Assert.Equal(["RP1001", "RP1004"], report.Findings.Select(finding => finding.Code).Order(StringComparer.Ordinal));
        Assert.All(report.Findings, finding => Assert.StartsWith("shown/", finding.Diagnostic.File, StringComparison.Ordinal));
    }

    [Fact]
    public void There_are_more_than_forty_rules_in_all() => Assert.True(LintRules.All.Length + RepositoryRules.All.Length >= 40);

    private async Task<LintReport> LintAsync(string yaml, LintOptions? options = null)
    {
        File.WriteAllText(_folder.Combine("modelops.yaml"), Whole(yaml));
        Directory.CreateDirectory(_folder.Combine("weights"));
        foreach (var name in new[] { "large.gguf", "small.gguf" })
            File.WriteAllBytes(_folder.Combine("weights", name), TinyGguf.Bytes(name));

        // Weights that do not state their geometry count as a context of 256 MiB: there is room for one.
        return await RepositoryLint.CheckAsync(
            _folder.Path, file => file, _ => false, options ?? LintOptions.Default, null, TimeProvider.System,
            TestContext.Current.CancellationToken, capacity: new HostOptions { MemoryBudget = 300 << 20 });
    }

    /// <summary>The YAML of an example; null when it is of another kind.</summary>
    private static string? Example(string page, string which)
    {
        var at = page.IndexOf($"{which}:\n\n```yaml\n", StringComparison.Ordinal);
        if (at < 0)
            return null;
        var start = page.IndexOf("yaml\n", at, StringComparison.Ordinal) + 5;
        return page[start..page.IndexOf("\n```", start, StringComparison.Ordinal)];
    }

    private static string Whole(string example) => example.Contains("apiVersion", StringComparison.Ordinal)
        ? example
        : "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: set }\nspec:\n  models:\n"
        + string.Concat(example.Split('\n').Select(line => $"    {line}\n"));
}
