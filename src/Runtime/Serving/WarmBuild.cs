using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Residency;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Serving;

/// <inheritdoc cref="IWarmBuild"/>
internal sealed class WarmBuild(EnginePool pool, ModelName build, Takeover? takeover) : IWarmBuild
{
    private readonly HashSet<ModelName> _moved = [];

    internal EngineLease? Lease { get; set; }

    /// <summary>From now on the builds that serve the names give way where both do not fit.</summary>
    internal void Begin(EngineDemand demand)
    {
        if (takeover is not null)
            pool.BeginHandover(build.FullName, demand, [.. takeover.Names.Select(name => name.FullName)], takeover.DrainFirst);
    }

    /// <inheritdoc/>
    public void Commit(params ReadOnlySpan<ModelName> names)
    {
        foreach (var name in names)
            _moved.Add(name);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (takeover is not null)
            pool.EndHandover(build.FullName, [.. _moved.Select(name => name.FullName)]);
        Lease?.Dispose();
        return default;
    }
}
