using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace ModelOps.ModelStore.Verification;

/// <summary>Reports as programs read them.</summary>
public static class ReportJson
{
    /// <summary><c>{clean, blobs, bytes, findings: [{digest, problem, models, detail}], unreadable_manifests}</c>.</summary>
    public static JsonObject Of(VerifyReport report) => new()
    {
        ["clean"] = report.IsClean,
        ["blobs"] = report.Blobs,
        ["bytes"] = report.Bytes,
        ["findings"] = new JsonArray([.. report.Findings.Select(Finding)]),
        ["unreadable_manifests"] = Texts(report.UnreadableManifests),
    };

    /// <summary><c>{removed, bytes, reason, items: [{kind, path, size}]}</c>.</summary>
    public static JsonObject Of(GarbageReport report) => new()
    {
        ["removed"] = report.Removed,
        ["bytes"] = report.Bytes,
        ["reason"] = report.Reason,
        ["items"] = new JsonArray([.. report.Items.Select(Item)]),
    };

    private static JsonNode Finding(BlobFinding finding) => new JsonObject
    {
        ["digest"] = finding.Digest.ToString(),
        ["problem"] = finding.Problem switch
        {
            BlobProblem.Damaged => "damaged",
            BlobProblem.Missing => "missing",
            _ => "unreadable",
        },
        ["models"] = Texts([.. finding.Models.Select(model => model.ShortName)]),
        ["detail"] = finding.Detail,
    };

    private static JsonNode Item(GarbageItem item) => new JsonObject
    {
        ["kind"] = item.Kind switch
        {
            GarbageKind.UnusedBlob => "unused blob",
            GarbageKind.Temporary => "broken-off write",
            _ => "abandoned download",
        },
        ["path"] = item.Path,
        ["size"] = item.Size,
    };

    private static JsonArray Texts(ImmutableArray<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);
}
