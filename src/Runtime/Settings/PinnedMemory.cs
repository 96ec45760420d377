using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Settings;

/// <summary>A model that is to be always in memory, as it is known before it is built.</summary>
/// <param name="Policy">The policy that it will serve under.</param>
/// <param name="Weights">Identity of its weights; models with the same share their memory.</param>
/// <param name="Facts">What the weights say of themselves.</param>
/// <param name="Geometry">What they need memory for.</param>
public sealed record PinnedModel(ModelPolicy Policy, string Weights, GgufFacts Facts, ModelGeometry Geometry)
{
    /// <summary>The Modelfile's parameters.</summary>
    public JsonObject Parameters { get; init; } = [];

    /// <summary>Identities of the adapters.</summary>
    public ImmutableArray<string> Adapters { get; init; } = [];

    /// <summary>Bytes of the adapters.</summary>
    public long BesideBytes { get; init; }
}

/// <summary>A pinned model does not fit beside those that go before it. Numbers are bytes.</summary>
/// <param name="Model">The model.</param>
/// <param name="Needed">What it needs beside those.</param>
/// <param name="Free">What those leave of the budget.</param>
/// <param name="Budget">What engines may hold.</param>
/// <param name="Pinned">Those that go before it and fit, each with what it takes alone.</param>
public sealed record PinShortage(
    ModelName Model, long Needed, long Free, long Budget, ImmutableArray<(ModelName Model, long Bytes)> Pinned);

/// <summary>Whether what is pinned fits together, by the arithmetic of admission and before anything is built. Pure.</summary>
public static class PinnedMemory
{
    /// <summary>Those that do not fit, when each that fits takes its memory in the order of priority and name.</summary>
    /// <param name="models">The models.</param>
    /// <param name="host">Settings of the serving host.</param>
    public static ImmutableArray<PinShortage> Check(IEnumerable<PinnedModel> models, HostOptions host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var kept = new List<(ModelName Model, EngineDemand Demand)>();
        var shortages = ImmutableArray.CreateBuilder<PinShortage>();
        foreach (var model in models.OrderByDescending(model => model.Policy.Priority)
            .ThenBy(model => model.Policy.Name.FullName, StringComparer.Ordinal))
        {
            var demand = DemandOf(model, host);
            var held = MemoryLedger.Sum(kept.Select(pin => pin.Demand).DistinctBy(known => known.Profile));
            var together = MemoryLedger.Sum(kept.Select(pin => pin.Demand).Append(demand).DistinctBy(known => known.Profile));
            if (together <= host.MemoryBudget)
            {
                kept.Add((model.Policy.Name, demand));
                continue;
            }

            shortages.Add(new PinShortage(
                model.Policy.Name, together - held, host.MemoryBudget - held, host.MemoryBudget,
                [.. kept.Select(pin => (pin.Model, pin.Demand.WeightsBytes + pin.Demand.ContextBytes))]));
        }

        return shortages.ToImmutable();
    }

    private static EngineDemand DemandOf(PinnedModel model, HostOptions host)
    {
        var build = new ModelBuild
        {
            Model = new StoredModel(model.Policy.Name, "", new Manifest(Config: null, []), ModelConfig.Empty, default),
            WeightsPath = model.Weights,
            AdapterPaths = model.Adapters,
            Parameters = model.Parameters,
            Facts = model.Facts,
            Geometry = model.Geometry,
            BesideBytes = model.BesideBytes,
        };
        return LoadPlanner.Plan(build, model.Policy, ModelOptions.Merge(build.Parameters, default).Load, host);
    }
}
