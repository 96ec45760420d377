using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Residency;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Serving;

/// <summary>A build that is kept in memory on its way to take over names. Its disposal ends the change: names that serve the build by then have moved.</summary>
internal sealed class WarmBuild(EnginePool pool, ModelResolver resolver, StoredModel build, Takeover? takeover) : IAsyncDisposable
{
    internal EngineLease? Lease { get; set; }

    /// <summary>From now on the builds that serve the names give way where both do not fit.</summary>
    internal void Begin(EngineDemand demand)
    {
        if (takeover is not null)
            pool.BeginHandover(build.Name.FullName, demand, [.. takeover.Names.Select(name => name.FullName)], takeover.DrainFirst);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (takeover is not null)
            pool.EndHandover(build.Name.FullName, [.. takeover.Names.Where(HasMoved).Select(name => name.FullName)]);
        Lease?.Dispose();
        return default;
    }

    private bool HasMoved(ModelName name)
    {
        try
        {
            return resolver.Find(name)?.Model.Digest == build.Digest;
        }
        catch (StoreException)
        {
            // A name that cannot be read serves nothing.
            return false;
        }
    }
}
