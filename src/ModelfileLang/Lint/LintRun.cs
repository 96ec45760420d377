using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>Everything that the output formats print. The rules may be of any part of the product.</summary>
/// <param name="Report">What was found.</param>
/// <param name="Rules">Every rule that ran; the findings' rules are among them.</param>
/// <param name="FailLevel">The least severity that fails; null never fails.</param>
/// <param name="ToolVersion">Version of the program.</param>
public sealed record LintRun(LintReport Report, IReadOnlyList<RuleDescriptor> Rules, Severity? FailLevel, string ToolVersion)
{
    /// <summary>Whether the findings fail the check.</summary>
    public LintVerdict Verdict => LintVerdict.Of(Report.Findings, FailLevel);
}
