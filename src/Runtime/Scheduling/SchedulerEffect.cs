namespace ModelOps.Runtime.Scheduling;

/// <summary>What the host must do next. Each effect is answered by an event (in brackets).</summary>
public abstract record SchedulerEffect
{
    private SchedulerEffect()
    {
    }

    /// <summary>Load a profile. [<c>OnLoaded</c> or <c>OnLoadFailed</c>]</summary>
    public sealed record Load(EngineDemand Demand) : SchedulerEffect;

    /// <summary>Abort a load that no request waits for. [<c>OnLoadFailed</c>, or <c>OnLoaded</c> when it was too late]</summary>
    public sealed record CancelLoad(string Profile) : SchedulerEffect;

    /// <summary>Free an idle engine. [<c>OnUnloaded</c>]</summary>
    public sealed record Unload(string Profile) : SchedulerEffect;

    /// <summary>
    /// An engine takes no new requests and leaves when its last one ends, since others need its memory. For the record;
    /// <see cref="Unload"/> follows.
    /// </summary>
    public sealed record Evict(string Profile) : SchedulerEffect;

    /// <summary>
    /// An engine may use so many bytes beyond what it needs; 0: it gives back what was lent to it. In the order of the effects.
    /// [<c>OnLent</c>]
    /// </summary>
    public sealed record Lend(string Profile, long Bytes) : SchedulerEffect;

    /// <summary>A request may use a loaded engine. [<c>OnFinished</c>]</summary>
    public sealed record Grant(long Request, string Profile) : SchedulerEffect;

    /// <summary>A request is refused and forgotten.</summary>
    public sealed record Refuse(long Request, Refusal Reason) : SchedulerEffect;
}

/// <summary>Why a request was refused.</summary>
public abstract record Refusal
{
    private Refusal()
    {
    }

    /// <summary>The request waited for a build to take over its name.</summary>
    public bool IsOfChange { get; init; }

    /// <summary>Too many requests wait.</summary>
    public sealed record QueueFull : Refusal;

    /// <summary>It cannot fit even when everything that may go is gone.</summary>
    /// <param name="Needed">Bytes it needs.</param>
    /// <param name="Available">Bytes of the budget that pinned models leave.</param>
    public sealed record NeverFits(long Needed, long Available) : Refusal;

    /// <summary>Loading failed.</summary>
    public sealed record LoadFailed(Exception Error) : Refusal;

    /// <summary>Its engine died several times in a row and is not loaded again yet.</summary>
    /// <param name="Loop">How often, and of what.</param>
    /// <param name="Wait">Time until it may be loaded again.</param>
    public sealed record Crashed(CrashLoop Loop, TimeSpan Wait) : Refusal;

    /// <summary>Its name is served by another build, or perhaps by none; the caller looks it up again.</summary>
    public sealed record Moved : Refusal;

    /// <summary>It waited longer than allowed.</summary>
    /// <param name="WaitingFor">What for.</param>
    public sealed record TimedOut(WaitReason WaitingFor) : Refusal;
}

/// <summary>What a waiting request waits for.</summary>
public enum WaitReason
{
    /// <summary>Its engine is being loaded.</summary>
    Loading,

    /// <summary>Memory is being freed for it.</summary>
    Memory,

    /// <summary>Its engine is being unloaded or replaced and will be loaded again.</summary>
    Restart,

    /// <summary>Its name is about to be served by a new build that does not fit beside the old one.</summary>
    Update,
}
