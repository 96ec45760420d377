using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Lint.Formats;

/// <summary>Findings as SARIF 2.1.0, as code scanning services take them.</summary>
public static class LintSarif
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    /// <summary>One run with every rule, so that a service can describe those without a finding too.</summary>
    public static JsonObject Write(LintRun run)
    {
        var fingerprints = Fingerprints.Of(run.Report.Findings);
        var indexes = run.Rules
            .Select((rule, index) => (rule.Code, index))
            .ToDictionary(pair => pair.Code, pair => pair.index, StringComparer.Ordinal);
        return new JsonObject
        {
            ["$schema"] = Schema,
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray(new JsonObject
            {
                ["tool"] = new JsonObject
                {
                    ["driver"] = new JsonObject
                    {
                        ["name"] = "modelops",
                        ["version"] = run.ToolVersion,
                        ["rules"] = new JsonArray([.. run.Rules.Select(Rule)]),
                    },
                },
                ["columnKind"] = "utf16CodeUnits",
                ["results"] = new JsonArray(
                    [.. run.Report.Findings.Select((finding, index) => Result(finding, indexes, fingerprints[index]))]),
            }),
        };
    }

    private static JsonNode Rule(RuleDescriptor rule) => new JsonObject
    {
        ["id"] = rule.Code,
        ["shortDescription"] = Text(rule.Title),
        ["help"] = Text($"{rule.Title}. See docs/diagnostics.md, section {rule.Code}, or run: modelops explain {rule.Code}"),
        ["defaultConfiguration"] = new JsonObject { ["level"] = Level(rule.Severity) },
        ["properties"] = new JsonObject { ["tags"] = new JsonArray(rule.Category) },
    };

    private static JsonNode Result(Finding finding, Dictionary<string, int> indexes, string fingerprint)
    {
        var result = new JsonObject { ["ruleId"] = finding.Code };
        if (indexes.TryGetValue(finding.Code, out var index))
            result["ruleIndex"] = index;
        result["level"] = Level(finding.Severity);
        result["message"] = Text(FindingText.MessageWithHint(finding));
        result["locations"] = new JsonArray(new JsonObject
        {
            ["physicalLocation"] = new JsonObject
            {
                ["artifactLocation"] = Artifact(finding), ["region"] = Region(finding.Diagnostic.Span),
            },
        });
        result["partialFingerprints"] = new JsonObject { ["modelopsFinding/v1"] = fingerprint };
        if (finding.Fix is { } fix)
            result["fixes"] = new JsonArray(FixOf(finding, fix));
        return result;
    }

    private static JsonNode FixOf(Finding finding, Fix fix) => new JsonObject
    {
        ["description"] = Text(fix.Title),
        ["artifactChanges"] = new JsonArray(new JsonObject
        {
            ["artifactLocation"] = Artifact(finding),
            ["replacements"] = new JsonArray([.. fix.Edits.Select(Replacement)]),
        }),
    };

    private static JsonNode Replacement(SourceEdit edit) => new JsonObject
    {
        ["deletedRegion"] = new JsonObject { ["charOffset"] = edit.Offset, ["charLength"] = edit.Length },
        ["insertedContent"] = Text(edit.Replacement),
    };

    private static JsonObject Artifact(Finding finding) => new()
    {
        ["uri"] = string.Join('/', finding.Diagnostic.File.Split('/').Select(Uri.EscapeDataString)),
        ["uriBaseId"] = "%SRCROOT%",
    };

    private static JsonObject Region(SourceSpan span) => new()
    {
        ["startLine"] = Math.Max(1, span.Line),
        ["startColumn"] = Math.Max(1, span.Column),
        ["endLine"] = Math.Max(1, span.EndLine),
        ["endColumn"] = Math.Max(1, span.EndColumn),
    };

    private static JsonObject Text(string text) => new() { ["text"] = text };

    private static string Level(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "note",
    };
}
