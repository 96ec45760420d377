using System.Text.Json.Nodes;

namespace ModelOps.ModelfileLang.Lint.Formats;

/// <summary>Findings for programs; keys and their order are a contract.</summary>
public static class LintJson
{
    /// <summary><c>{"version", "findings": […], "summary": {…}}</c></summary>
    public static JsonObject Write(LintRun run)
    {
        var fingerprints = Fingerprints.Of(run.Report.Findings);
        var verdict = run.Verdict;
        return new JsonObject
        {
            ["version"] = 1,
            ["findings"] = new JsonArray([.. run.Report.Findings.Select((finding, index) => Item(finding, fingerprints[index]))]),
            ["summary"] = new JsonObject
            {
                ["files"] = run.Report.Files.Length,
                ["findings"] = verdict.Total,
                ["failing"] = verdict.Failing,
                ["ignored"] = run.Report.Ignored,
                ["failLevel"] = verdict.FailLevel is { } level ? SeverityWords.Of(level) : null,
                ["exitCode"] = verdict.ExitCode,
            },
        };
    }

    private static JsonNode Item(Finding finding, string fingerprint)
    {
        var span = finding.Diagnostic.Span;
        return new JsonObject
        {
            ["code"] = finding.Code,
            ["severity"] = SeverityWords.Of(finding.Severity),
            ["title"] = finding.Rule.Title,
            ["file"] = finding.Diagnostic.File,
            ["line"] = span.Line,
            ["column"] = span.Column,
            ["endLine"] = span.EndLine,
            ["endColumn"] = span.EndColumn,
            ["message"] = FindingText.Message(finding),
            ["hint"] = FindingText.Hint(finding),
            ["fixable"] = finding.Fix is not null,
            ["fingerprint"] = fingerprint,
        };
    }
}
