using System.Collections.Immutable;
using System.Diagnostics;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Residency;

/// <summary>What the loop of an engine pool hears of. A closed set.</summary>
internal abstract record PoolEvent
{
    private PoolEvent()
    {
    }

    /// <summary>The span in which it happened: what follows from it is part of that.</summary>
    internal Activity? Cause { get; } = Activity.Current;

    /// <summary>A request wants an engine.</summary>
    internal sealed record Requested(EngineTicket Ticket) : PoolEvent;

    /// <summary>A request does not wait any longer.</summary>
    internal sealed record GivenUp(EngineTicket Ticket) : PoolEvent;

    /// <summary>A lease ended.</summary>
    internal sealed record Finished(long Request) : PoolEvent;

    /// <summary>Other profiles are pinned.</summary>
    internal sealed record Pinned(ImmutableArray<Pin> Pins) : PoolEvent;

    /// <summary>A new build is about to take over names.</summary>
    internal sealed record HandoverBegun(Handover Handover) : PoolEvent;

    /// <summary>It took them over, or did not.</summary>
    internal sealed record HandoverEnded(string Warm, ImmutableArray<string> Moved) : PoolEvent
    {
        /// <summary>How long nothing answered for the names.</summary>
        internal TaskCompletionSource<TakeoverPause?> Pause { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A name may leave memory.</summary>
    internal sealed record UnloadRequested(string Owner) : PoolEvent;

    /// <summary>A file is not what it was.</summary>
    internal sealed record FileDropped(string Path) : PoolEvent;

    /// <summary>A load succeeded.</summary>
    internal sealed record Loaded(EngineDemand Demand, PooledEngine Engine) : PoolEvent;

    /// <summary>A load failed or was cancelled.</summary>
    internal sealed record LoadFailed(EngineDemand Demand, Exception Error) : PoolEvent;

    /// <summary>An engine was freed.</summary>
    internal sealed record Unloaded(string Profile, bool IsEvicted) : PoolEvent;

    /// <summary>An engine died.</summary>
    internal sealed record Ended(string Profile, PooledEngine Engine, EngineFailedException Error) : PoolEvent;

    /// <summary>An engine uses what was lent to it, or has given it back.</summary>
    internal sealed record Lent(string Profile, IEngine Engine, long Bytes) : PoolEvent;

    /// <summary>Time went by.</summary>
    internal sealed record Ticked : PoolEvent;
}

/// <summary>An engine in memory and how long its load took.</summary>
internal sealed record PooledEngine(IEngine Engine, TimeSpan LoadTime)
{
    /// <summary>What it died of, when its death is known.</summary>
    internal EngineFailedException? Death => Engine.Ended is { IsCompletedSuccessfully: true, Result: { } error } ? error : null;
}

/// <summary>A request, what it asks for, and where it waits.</summary>
internal sealed class EngineTicket(EngineDemand demand, EngineClaim claim)
{
    internal EngineDemand Demand => demand;

    internal EngineClaim Claim => claim;

    internal TaskCompletionSource<EngineLease> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its number; only the loop gives it and looks at it.</summary>
    internal long Request { get; set; }
}
