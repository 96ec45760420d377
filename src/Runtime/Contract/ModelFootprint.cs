using System.Text.Json.Nodes;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Footprints;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Contract;

/// <summary>What serving a model takes with the settings that it would be loaded with.</summary>
/// <param name="Footprint">The bytes.</param>
/// <param name="Weights">Path of the weights.</param>
/// <param name="Settings">The settings.</param>
/// <param name="IsMeasured">Whether the engine reported the compute buffers; else they are estimated.</param>
public sealed record ModelFootprint(Footprint Footprint, string Weights, FootprintSettings Settings, bool IsMeasured = false)
{
    /// <summary>The same with the compute buffers that the engine reports. The rest is exact as it is.</summary>
    /// <exception cref="StoreException">See <see cref="IComputeProbe.MeasureAsync"/>.</exception>
    public async Task<ModelFootprint> MeasureAsync(IComputeProbe probe, CancellationToken cancellationToken) => this with
    {
        Footprint = Footprint.WithCompute(await probe.MeasureAsync(Weights, Settings, cancellationToken)),
        IsMeasured = true,
    };

    /// <summary>How it would be loaded; null when that is not known.</summary>
    public LoadProfile? Profile { get; init; }

    /// <summary>The native libraries that it would be hosted with; null where there is nothing to tell.</summary>
    public EngineNatives? Natives { get; init; }

    /// <summary>As programs read it.</summary>
    public JsonObject ToJson()
    {
        var json = Numbers();
        if (Natives is { } natives)
        {
            foreach (var (name, text) in ((string, string?)[])
                [("source", natives.Source), ("release", natives.Release), ("reason", natives.Reason), ("problem", natives.Problem)])
            {
                if (text is not null)
                    (json["natives"] ??= new JsonObject())[name] = text;
            }
        }

        return json;
    }

    private JsonObject Numbers() => new()
    {
        ["weights"] = Footprint.Weights,
        ["kv_cache"] = Footprint.KeyValueCache,
        ["compute"] = Footprint.Compute,
        ["compute_measured"] = IsMeasured,
        ["total"] = Footprint.Total,
        ["gpu"] = Footprint.Gpu.Total,
        ["per_token"] = Footprint.PerToken,
        ["context_length"] = Settings.ContextLength,
        ["slots"] = Settings.Slots,
        ["kv_cache_type"] = Settings.KvCacheType,
    };
}
