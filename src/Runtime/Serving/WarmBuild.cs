using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Names;
using ModelOps.Runtime.Residency;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Serving;

/// <inheritdoc cref="IWarmBuild"/>
internal sealed class WarmBuild(EnginePool pool, BuildShares shares, ResolvedModel model, Takeover? takeover) : IWarmBuild
{
    private readonly HashSet<ModelName> _moved = [];

    internal EngineLease? Lease { get; set; }

    /// <inheritdoc/>
    public TakeoverPause? Pause { get; private set; }

    /// <summary>From now on the builds that serve the names give way where both do not fit, if they may.</summary>
    internal void Begin(EngineDemand demand)
    {
        if (takeover is null)
            return;
        pool.BeginHandover(new Handover(model.Name.FullName, demand, [.. takeover.Names.Select(name => name.FullName)])
        {
            DrainFirst = takeover.DrainFirst,
            OnlyBeside = takeover.OnlyBeside,
            MaxWaiting = takeover.MaxWaiting,
            MaxWait = takeover.MaxWait,
        });
    }

    /// <inheritdoc/>
    public void Commit(params ReadOnlySpan<ModelName> names)
    {
        foreach (var name in names)
            _moved.Add(name);
        if (!names.IsEmpty)
            Share(0);
    }

    /// <inheritdoc/>
    public void Share(int percent)
    {
        if (takeover is null)
            return;
        if (percent == 0)
            shares.End(takeover.Names, model.Name);
        else
            shares.Begin(takeover.Names, model, percent);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Share(0);
        if (takeover is not null)
            Pause ??= await pool.EndHandoverAsync(model.Name.FullName, [.. _moved.Select(name => name.FullName)]);
        Lease?.Dispose();
    }
}
