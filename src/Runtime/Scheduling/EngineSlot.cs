namespace ModelOps.Runtime.Scheduling;

/// <summary>Where an engine is in its life.</summary>
public enum EnginePhase
{
    /// <summary>Being loaded.</summary>
    Loading,

    /// <summary>Serves.</summary>
    Ready,

    /// <summary>Takes no new requests and is unloaded when its last one ends.</summary>
    Draining,

    /// <summary>Being freed; its bytes still count.</summary>
    Unloading,
}

/// <summary>What the scheduler knows of one engine.</summary>
/// <param name="demand">What it takes.</param>
/// <param name="claim">The name that it is loaded for.</param>
/// <param name="keepAlive">Its idle time.</param>
/// <param name="now">The time.</param>
internal sealed class EngineSlot(EngineDemand demand, EngineClaim claim, TimeSpan keepAlive, DateTimeOffset now)
{
    internal EngineDemand Demand { get; private set; } = demand;

    internal EnginePhase Phase { get; private set; } = EnginePhase.Loading;

    internal int Requests { get; private set; }

    internal TimeSpan KeepAlive { get; private set; } = keepAlive;

    /// <summary>The highest that it was claimed with.</summary>
    internal int Priority { get; private set; } = claim.Priority;

    internal DateTimeOffset LastUsed { get; private set; } = now;

    internal DateTimeOffset ExpiresAt { get; private set; } = Later(now, keepAlive);

    /// <summary>Its load was aborted, and no request has asked for it since.</summary>
    internal bool CancelRequested { get; private set; }

    /// <summary>Names whose build runs here, the one that caused the load first.</summary>
    internal List<string> Owners { get; } = [claim.Owner];

    /// <summary>Names that were served here and are served by another build now.</summary>
    internal List<string> Left { get; } = [];

    /// <summary>It holds a file that is not what it was: it leaves, whatever it is needed for.</summary>
    internal bool IsSpoiled { get; private set; }

    /// <summary>Since when it takes no more requests; null while it does.</summary>
    internal DateTimeOffset? DrainingSince { get; private set; }

    /// <summary>Bytes that were lent to it; they count until it gave them back.</summary>
    internal long Lent { get; private set; }

    /// <summary>It was asked to give back what was lent to it.</summary>
    internal bool GivesBack { get; private set; }

    /// <summary>What it takes now, with what was lent to it.</summary>
    internal EngineDemand Held => Lent == 0 ? Demand : Demand with { ContextBytes = Demand.ContextBytes + Lent };

    /// <summary>What it takes once it has given back what it was asked for.</summary>
    internal EngineDemand HeldSoon => GivesBack ? Demand : Held;

    internal bool IsIdle => Phase is EnginePhase.Ready && Requests == 0;

    /// <summary>It is in memory and says what it takes.</summary>
    internal void Loaded(EngineDemand measured, DateTimeOffset now)
    {
        Demand = measured;
        Phase = IsSpoiled ? EnginePhase.Draining : EnginePhase.Ready;
        CancelRequested = false;
        Touch(now);
    }

    /// <summary>It may use so many bytes more.</summary>
    internal void Lend(long bytes) => Lent = bytes;

    /// <summary>It shall give back what was lent to it.</summary>
    internal void AskBack() => GivesBack = true;

    /// <summary>It has given that back.</summary>
    internal void GaveBack() => (Lent, GivesBack) = (0, false);

    /// <summary>Its load is to be aborted.</summary>
    internal void Cancel() => CancelRequested = true;

    /// <summary>It takes no more requests and leaves after the last one.</summary>
    internal void Drain() => Phase = EnginePhase.Draining;

    /// <summary>It leaves after its last request, or as soon as it is loaded, and does not stay after all.</summary>
    internal void Spoil()
    {
        IsSpoiled = true;
        if (Phase is EnginePhase.Ready)
            Phase = EnginePhase.Draining;
    }

    /// <summary>It serves again before it is gone.</summary>
    internal void Stay() => Phase = EnginePhase.Ready;

    /// <summary>Remembers since when it is on its way out, if it is.</summary>
    /// <returns>True when that begins now.</returns>
    internal bool NoteDraining(DateTimeOffset now)
    {
        var begins = Phase is EnginePhase.Draining && DrainingSince is null;
        DrainingSince = Phase is EnginePhase.Draining ? DrainingSince ?? now : null;
        return begins;
    }

    /// <summary>It leaves memory.</summary>
    internal void Free() => Phase = EnginePhase.Unloading;

    /// <summary>A request uses it; what it says of the idle time stays until another one says something.</summary>
    internal void Use(EngineClaim claim, DateTimeOffset now)
    {
        Requests++;
        LastUsed = now;
        CancelRequested = false;
        KeepAlive = claim.KeepAlive ?? KeepAlive;
        Priority = Math.Max(Priority, claim.Priority);
        AddOwner(claim.Owner);
    }

    /// <summary>A request that used it ended.</summary>
    internal void Release(DateTimeOffset now)
    {
        Requests--;
        Touch(now);
    }

    /// <summary>Leaves as soon as no request uses it; an earlier request sets another idle time, or is the last one.</summary>
    internal void Expire(DateTimeOffset now)
    {
        KeepAlive = TimeSpan.Zero;
        ExpiresAt = now;
    }

    /// <summary>The name's build runs here.</summary>
    internal bool Serves(string owner) => Owners.Contains(owner, StringComparer.OrdinalIgnoreCase);

    /// <summary>Remembers who uses the engine.</summary>
    internal void AddOwner(string owner)
    {
        if (!Serves(owner))
            Owners.Add(owner);
        Left.Remove(owner);
    }

    /// <summary>Forgets a user; an engine without any goes when its last request ends, unless it is pinned.</summary>
    internal void LoseOwner(string owner, bool isPinned)
    {
        var removed = Owners.RemoveAll(name => string.Equals(name, owner, StringComparison.OrdinalIgnoreCase)) > 0;
        if (removed)
            Left.Add(owner);
        if (removed && Owners.Count == 0 && !isPinned && Phase is EnginePhase.Ready)
            Phase = EnginePhase.Draining;
    }

    /// <summary>It is pinned no longer: its idle time starts now, or it goes when its names have moved to another engine before.</summary>
    internal void Unpin(DateTimeOffset now, bool isKept)
    {
        if (Owners.Count == 0 && !isKept && Phase is EnginePhase.Ready)
            Phase = EnginePhase.Draining;
        else
            Touch(now);
    }

    /// <summary>As seen from outside.</summary>
    /// <param name="isPinned">It never expires.</param>
    /// <param name="estimate">What the arithmetic said, once the engine measured itself.</param>
    internal EngineView View(bool isPinned, EngineDemand? estimate) => new(
        Demand.Profile, Phase, Requests, isPinned ? DateTimeOffset.MaxValue : ExpiresAt, LastUsed,
        Demand.WeightsBytes, Demand.ContextBytes, isPinned, [.. Owners])
    {
        EstimatedWeightsBytes = estimate?.WeightsBytes ?? Demand.WeightsBytes,
        EstimatedContextBytes = estimate?.ContextBytes ?? Demand.ContextBytes,
        Weights = Demand.Weights,
        DrainingSince = DrainingSince,
        LentBytes = Lent,
    };

    private void Touch(DateTimeOffset now)
    {
        LastUsed = now;
        ExpiresAt = Later(now, KeepAlive);
    }

    /// <summary>A far future instead of an overflow.</summary>
    private static DateTimeOffset Later(DateTimeOffset now, TimeSpan span) =>
        span >= DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + span;
}

/// <summary>An engine as seen from outside.</summary>
public sealed record EngineView(
    string Profile,
    EnginePhase Phase,
    int Requests,
    DateTimeOffset ExpiresAt,
    DateTimeOffset LastUsed,
    long WeightsBytes,
    long ContextBytes,
    bool Pinned,
    System.Collections.Immutable.ImmutableArray<string> Owners)
{
    /// <summary>Identity of the weights.</summary>
    public string Weights { get; init; } = "";

    /// <summary>Bytes of the weights by the arithmetic of admission.</summary>
    public long EstimatedWeightsBytes { get; init; }

    /// <summary>Bytes of the context by the arithmetic of admission.</summary>
    public long EstimatedContextBytes { get; init; }

    /// <summary>Since when it takes no more requests; null while it does.</summary>
    public DateTimeOffset? DrainingSince { get; init; }

    /// <summary>Names that another build serves in its place, or is about to.</summary>
    public System.Collections.Immutable.ImmutableArray<string> Replaced { get => field.IsDefault ? [] : field; init; }

    /// <summary>Bytes beside those that it may use until somebody needs them.</summary>
    public long LentBytes { get; init; }
}
