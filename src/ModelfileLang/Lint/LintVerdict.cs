using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>Whether findings fail a check. The same for every output format.</summary>
/// <param name="Total">All findings.</param>
/// <param name="Failing">Those at or above the fail level.</param>
/// <param name="FailLevel">The least severity that fails; null never fails.</param>
public sealed record LintVerdict(int Total, int Failing, Severity? FailLevel)
{
    /// <summary>0 when the check passed, 1 when it failed.</summary>
    public int ExitCode => Failing > 0 ? 1 : 0;

    /// <summary>The summary line: <c>3 findings, 1 at or above warning → exit 1</c>.</summary>
    public string Summary
    {
        get
        {
            var findings = Total switch { 0 => "No findings", 1 => "1 finding", _ => $"{Total} findings" };
            var failing = FailLevel is { } level ? $"{Failing} at or above {SeverityWords.Of(level)}" : "no fail level";
            return Total == 0 ? $"{findings} → exit {ExitCode}" : $"{findings}, {failing} → exit {ExitCode}";
        }
    }

    /// <summary>The verdict on some findings.</summary>
    public static LintVerdict Of(IReadOnlyCollection<Finding> findings, Severity? failLevel = Severity.Warning) =>
        new(findings.Count, findings.Count(finding => finding.Severity >= failLevel), failLevel);
}
