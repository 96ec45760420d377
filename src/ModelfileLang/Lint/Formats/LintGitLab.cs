using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint.Formats;

/// <summary>Findings as a GitLab code quality report.</summary>
public static class LintGitLab
{
    /// <summary>A list of findings.</summary>
    public static JsonArray Write(LintRun run)
    {
        var fingerprints = Fingerprints.Of(run.Report.Findings);
        return new JsonArray([.. run.Report.Findings.Select((finding, index) => Item(finding, fingerprints[index]))]);
    }

    private static JsonNode Item(Finding finding, string fingerprint) => new JsonObject
    {
        ["description"] = FindingText.MessageWithHint(finding),
        ["check_name"] = finding.Code,
        ["fingerprint"] = fingerprint,
        ["severity"] = finding.Severity switch
        {
            Severity.Error => "major",
            Severity.Warning => "minor",
            _ => "info",
        },
        ["location"] = new JsonObject
        {
            ["path"] = finding.Diagnostic.File,
            ["lines"] = new JsonObject
            {
                ["begin"] = Math.Max(1, finding.Diagnostic.Span.Line), ["end"] = Math.Max(1, finding.Diagnostic.Span.EndLine),
            },
        },
    };
}
