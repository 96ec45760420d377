using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Runtime.Serving;

/// <summary>What serving a model takes with the settings that it would be loaded with.</summary>
/// <param name="Footprint">The bytes.</param>
/// <param name="ContextLength">Context of one slot, in tokens.</param>
/// <param name="Slots">Sequences at a time.</param>
/// <param name="KvCacheType">Type of the KV cache.</param>
public sealed record ModelFootprint(Footprint Footprint, int ContextLength, int Slots, string KvCacheType)
{
    /// <summary>By the arithmetic of admission; null when the weights do not tell their geometry.</summary>
    /// <exception cref="StoreException">See <see cref="Footprint.Of"/>.</exception>
    public static ModelFootprint? Of(ModelBuild build, ModelPolicy? policy, HostOptions host)
    {
        if (build.WeightsPath.Length == 0)
            return null;
        var profile = LoadPlanner.Plan(build, policy, ModelOptions.Merge(build.Parameters, default).Load, host).Load!;
        return LoadPlanner.FootprintOf(profile, build) is { } footprint
            ? new ModelFootprint(footprint, profile.ContextLength, profile.Slots, profile.KvCacheType)
            : null;
    }
}
