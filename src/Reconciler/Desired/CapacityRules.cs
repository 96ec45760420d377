using System.Collections.Immutable;
using System.Globalization;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Yaml;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Settings;

namespace ModelOps.Reconciler.Desired;

/// <summary>
/// What is pinned must fit into memory together (DS2001). What does not is told with the arithmetic, and is served on demand, so that it
/// keeps no other pinned model out of memory. Weights that are not here yet are not counted.
/// </summary>
/// <param name="host">Settings of the serving host, with the memory that engines may hold.</param>
internal sealed class CapacityRules(HostOptions host)
{
    /// <summary>The models, those that do not fit with why.</summary>
    internal ImmutableArray<DesiredModel> Check(
        ImmutableArray<DesiredModel> models, IReadOnlyDictionary<ModelName, PinnedWeights> weights, string file, DiagnosticList problems)
    {
        var byName = models.ToDictionary(model => model.Name);
        var pinned = models.Where(model => model.Spec.Residency.Mode == ResidencyMode.Always)
            .Select(model => PinOf(model, byName, weights)).OfType<PinnedModel>();
        var shortages = PinnedMemory.Check(pinned, host).ToDictionary(shortage => shortage.Model);
        if (shortages.Count == 0)
            return models;
        foreach (var model in models.Where(model => shortages.ContainsKey(model.Name)))
        {
            problems.Warning(
                "DS2001", file, model.Spec.Span, TextOf(shortages[model.Name]),
                "it is served on demand, as far as there is room beside the pinned models; pin fewer, or give them a smaller context or "
                + "fewer slots");
        }

        return
        [
            .. models.Select(model => shortages.TryGetValue(model.Name, out var found) ? model with { Shortage = TextOf(found) } : model),
        ];
    }

    /// <summary>The weights are those of the model that it is built from, where it is built from one.</summary>
    private static PinnedModel? PinOf(
        DesiredModel model, Dictionary<ModelName, DesiredModel> models, IReadOnlyDictionary<ModelName, PinnedWeights> weights)
    {
        var origin = model;
        var parameters = new System.Text.Json.Nodes.JsonObject();
        var lineage = new Stack<DesiredModel>([model]);
        while (origin.From.OfType<BuildInput.OtherModel>().FirstOrDefault() is { } other && models.TryGetValue(other.Model, out var found))
        {
            origin = found;
            lineage.Push(origin);
        }

        if (!weights.TryGetValue(origin.Name, out var known))
            return null;
        foreach (var (name, value) in lineage.SelectMany(each => each.Meaning.Parameters))
            parameters[name] = value?.DeepClone();
        var adapters = model.Adapters.IsEmpty ? origin.Adapters : model.Adapters;
        return new PinnedModel(model.PolicyOf(model.Name, ""), known.Identity, known.Facts, known.Geometry)
        {
            Parameters = parameters,
            Adapters = [.. adapters.Select(adapter => adapter.Identity)],
            BesideBytes = adapters.Sum(SizeOf),
        };
    }

    private static long SizeOf(BuildInput input) => input switch
    {
        BuildInput.RepositoryFiles repository => repository.Files.Sum(file => file.Size),
        BuildInput.HostFiles files => files.Files.Sum(file => file.Size),
        _ => 0,
    };

    private static string TextOf(PinShortage shortage)
    {
        var others = shortage.Pinned.IsEmpty
            ? ""
            : "; pinned: " + string.Join(", ", shortage.Pinned.Select(pin => $"{pin.Model.PlainName} {Amount(pin.Bytes)}"));
        return $"{shortage.Model.PlainName} needs {Amount(shortage.Needed)}, {Amount(shortage.Free)} of {Amount(shortage.Budget)} are free"
            + others;
    }

    private static string Amount(long bytes)
    {
        var (value, unit) = bytes >= 1_000_000_000 ? (bytes / 1e9, "GB") : (bytes / 1e6, "MB");
        return value.ToString(value < 10 ? "0.#" : "0", CultureInfo.InvariantCulture) + " " + unit;
    }
}
