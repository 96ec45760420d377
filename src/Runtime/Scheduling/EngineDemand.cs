using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Scheduling;

/// <summary>What one load profile needs of memory: the unit that the scheduler reasons about.</summary>
/// <param name="Profile">Digest of the load profile.</param>
/// <param name="Weights">Identity of the weights; profiles with the same one share their bytes.</param>
/// <param name="WeightsBytes">Bytes of the weights, counted once for all profiles on them.</param>
/// <param name="ContextBytes">Bytes of KV cache and compute buffers of this profile alone.</param>
public sealed record EngineDemand(string Profile, string Weights, long WeightsBytes, long ContextBytes)
{
    /// <summary>What to load; the scheduler only carries it.</summary>
    public LoadProfile? Load { get; init; }

    /// <summary>It is loaded from a file.</summary>
    internal bool Holds(string path) => Weights == path
        || (Load is { } load && (load.Draft == path || load.Adapters.Any(adapter => adapter.Path == path)));

    /// <summary>Bytes beyond those that the engine can use while nobody needs them, and gives back when asked; 0 for none.</summary>
    public long MostLent { get; init; }
}

/// <summary>A profile that must be in memory whether or not a request asks for it.</summary>
/// <param name="Demand">What it needs.</param>
/// <param name="Owner">Name it is pinned for.</param>
/// <param name="Priority">Higher is loaded first when not all fit.</param>
public sealed record Pin(EngineDemand Demand, string Owner, int Priority);
