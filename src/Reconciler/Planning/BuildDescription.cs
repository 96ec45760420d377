using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.Reconciler.Desired;

namespace ModelOps.Reconciler.Planning;

/// <summary>Remembers what a build was made from, so that a later plan can say what changed.</summary>
internal static class BuildDescription
{
    internal static string Of(DesiredModel model) => new JsonObject
    {
        ["modelfile"] = model.Modelfile.Source.Text,
        ["from"] = Identities(model.From),
        ["adapters"] = Identities(model.Adapters),
        ["drafts"] = Identities(model.Drafts),
    }.ToJsonString();

    /// <summary>The differences between a build that was made and a model that is wanted.</summary>
    internal static ImmutableArray<PlanChange> Compare(string description, DesiredModel model)
    {
        if (description.Length == 0)
            return [];
        if (JsonNode.Parse(description) is not JsonObject old
            || ModelfileParser.Parse((string?)old["modelfile"] ?? "").Modelfile is not { } before)
        {
            return [];
        }

        var sameWeights = Same(old["from"], model.From);
        var sameAdapters = Same(old["adapters"], model.Adapters);
        var changes = ModelfileDiff.Compare(before, model.Modelfile).Changes
            .Select(
                change => new PlanChange(
                    change.Subject, ClassOf(change, sameWeights, sameAdapters), Short(change.Before), Short(change.After)))
            .ToList();
        if (!sameWeights && !changes.Exists(change => change.Subject == "FROM"))
            changes.Add(new PlanChange("FROM", UpdateClass.Weights, "", "other content under the same name"));
        if (!sameAdapters && !changes.Exists(change => change.Subject == "ADAPTER"))
            changes.Add(new PlanChange("ADAPTER", UpdateClass.Context, "", "other content under the same name"));
        return [.. changes];
    }

    /// <summary>A file that only moved costs nothing.</summary>
    private static UpdateClass ClassOf(ModelfileChange change, bool sameWeights, bool sameAdapters) => change.Subject switch
    {
        "FROM" when sameWeights => UpdateClass.Live,
        "ADAPTER" when sameAdapters => UpdateClass.Live,
        _ => change.Class,
    };

    private static JsonArray Identities(ImmutableArray<BuildInput> inputs) => new([.. inputs.Select(input => (JsonNode)input.Identity)]);

    private static bool Same(JsonNode? old, ImmutableArray<BuildInput> inputs) =>
        (old as JsonArray ?? [])
            .Select(node => (string?)node)
            .SequenceEqual(inputs.Select(input => input.Identity), StringComparer.Ordinal);

    private static string Short(ImmutableArray<string> items)
    {
        var text = string.Join(", ", items).ReplaceLineEndings(" ");
        return text.Length > 48 ? text[..47] + "…" : text;
    }
}
