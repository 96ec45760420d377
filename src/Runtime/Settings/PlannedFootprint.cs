using ModelOps.ModelStore;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Contract;

namespace ModelOps.Runtime.Settings;

/// <summary>What a model would take if it were loaded now.</summary>
public static class PlannedFootprint
{
    /// <summary>By the arithmetic of admission; null when the weights do not state their geometry.</summary>
    /// <exception cref="StoreException">See <see cref="Footprint.Of"/>.</exception>
    public static ModelFootprint? Of(ModelBuild build, ModelPolicy? policy, HostOptions host)
    {
        if (build.WeightsPath.Length == 0)
            return null;
        var profile = LoadPlanner.Plan(build, policy, ModelOptions.Merge(build.Parameters, default).Load, host).Load!;
        return LoadPlanner.FootprintOf(profile, build) is { } footprint
            ? new ModelFootprint(footprint, build.WeightsPath, LoadPlanner.SettingsOf(profile)) { Profile = profile }
            : null;
    }
}
