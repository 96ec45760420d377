using System.Collections.Immutable;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Scheduling;

/// <summary>
/// Decides which engines are in memory and which request runs where. Pure: events in, effects out, no clock, no threads;
/// the caller serialises calls and carries the effects out.
/// </summary>
/// <remarks>
/// Invariants, checked over random schedules: never two loads of one profile; bytes never above the budget by a decision of ours; a pinned
/// engine is in memory, on its way, or reported; every waiting request is granted or refused in the end.
/// </remarks>
public sealed class Scheduler
{
    private readonly SchedulerOptions _options;
    private readonly List<SchedulerEffect> _effects = [];
    private readonly PinBoard _pins = new();
    private readonly Measurements _measurements = new();
    private readonly EngineDeaths _deaths;
    private readonly EngineFleet _fleet;
    private readonly RequestDesk _desk;

    /// <summary>What was due by then has had its turn: for a pin that still waits, more time does not help.</summary>
    private DateTimeOffset _pumped = DateTimeOffset.MinValue;

    /// <summary>Starts with nothing in memory.</summary>
    public Scheduler(SchedulerOptions options)
    {
        _options = options;
        _deaths = new EngineDeaths(options);
        _fleet = new EngineFleet(options, _pins, _measurements, _effects);
        _desk = new RequestDesk(options, _fleet, _pins, _deaths, _effects);
    }

    /// <summary>Requests that wait, and what for.</summary>
    public ImmutableArray<WaitingView> Waiting => _desk.Waiting;

    /// <summary>Engines in memory or on their way in or out.</summary>
    public ImmutableArray<EngineView> Engines =>
        [.. _fleet.All.Select(View)];

    /// <summary>Names that a profile served until another build took the last of them; none while it serves any.</summary>
    internal ImmutableArray<string> ReplacedOn(string profile) =>
        _fleet.Find(profile) is { Owners.Count: 0 } engine ? [.. engine.Left] : [];

    /// <summary>How many engines went on their way out with requests on them.</summary>
    internal int DrainsBegun => _fleet.DrainsBegun;

    /// <summary>Bytes held or promised now.</summary>
    public long UsedBytes => MemoryLedger.Sum(_fleet.All.Select(engine => engine.Demand));

    /// <summary>Bytes beside those that engines may use until somebody needs them.</summary>
    public long LentBytes => _fleet.All.Sum(engine => engine.Lent);

    /// <summary>Bytes that may be held.</summary>
    public long BudgetBytes => _options.MemoryBudget;

    /// <summary>Pinned profiles that are not in memory: why, and how often loading failed in a row.</summary>
    public ImmutableArray<(string Profile, string Reason, int Failures)> MissingPins =>
    [
        .. _pins.ByPriority.Where(pin => !_fleet.IsServing(pin.Pin.Demand.Profile))
            .Select(pin => (pin.Pin.Demand.Profile, WhyMissing(pin), pin.Failures)),
    ];

    /// <summary>Engines that died several times in a row; requests for them are refused until they may be loaded again.</summary>
    public ImmutableArray<CrashLoop> CrashLoops => _deaths.Loops;

    /// <summary>When <see cref="OnTick"/> must be called next, if nothing else happens.</summary>
    public DateTimeOffset NextTick =>
        _fleet.Idle.Select(engine => engine.ExpiresAt)
            .Concat(_desk.Deadlines)
            .Concat(_pins.ByPriority.Where(pin => IsAbsent(pin) && pin.NotBefore > _pumped).Select(pin => pin.NotBefore))
            .DefaultIfEmpty(DateTimeOffset.MaxValue).Min();

    /// <summary>A request wants an engine.</summary>
    /// <param name="request">Unique number.</param>
    /// <param name="demand">The engine.</param>
    /// <param name="claim">The name that asks, and what that means for the engine's stay.</param>
    /// <param name="now">The time.</param>
    public ImmutableArray<SchedulerEffect> OnRequest(long request, EngineDemand demand, EngineClaim claim, DateTimeOffset now)
    {
        if (_desk.IsFullFor(demand, claim))
        {
            _desk.RefuseFull(request, demand, claim);
            return Drain();
        }

        if (_pins.HandoverFrom(claim.Owner, demand.Profile) is null)
            _fleet.ReleaseOthers(claim.Owner, demand.Profile);
        _desk.Add(request, demand, claim, now);
        return Pump(now);
    }

    /// <summary>A granted request ended, or a waiting one gave up.</summary>
    public ImmutableArray<SchedulerEffect> OnFinished(long request, DateTimeOffset now)
    {
        _desk.Finish(request, now);
        return Pump(now);
    }

    /// <summary>A load succeeded; the measured demand replaces the estimate.</summary>
    public ImmutableArray<SchedulerEffect> OnLoaded(string profile, EngineDemand measured, DateTimeOffset now)
    {
        if (_fleet.Find(profile) is { } engine)
        {
            var wasCancelled = engine.CancelRequested;
            _measurements.Take(engine.Demand, measured);
            engine.Loaded(measured, now);
            _deaths.Loaded(profile, now);
            if (_pins.Find(profile) is { } pin)
                pin.Succeeded(now);
            else if (wasCancelled && !_desk.Wants(profile))
                engine.Drain();
        }

        return Pump(now);
    }

    /// <summary>A load failed or was cancelled; who waited for it is refused.</summary>
    public ImmutableArray<SchedulerEffect> OnLoadFailed(string profile, Exception error, DateTimeOffset now)
    {
        if (_fleet.Remove(profile, out var engine))
        {
            var isFirstDeath = error is EngineFailedException { WorkerDied: true } && _deaths.Died(profile, engine.Owners, error, now) == 1;
            _pins.Find(profile)?.Failed(error.Message, now, _options);

            // A cancelled load is not a failure, and a worker that was killed once may be bad luck: waiting requests get a new one.
            if (!engine.CancelRequested && !isFirstDeath)
                _desk.RefuseWaiting(request => request.Demand.Profile == profile, _ => new Refusal.LoadFailed(error));
        }

        return Pump(now);
    }

    /// <summary>An engine is freed.</summary>
    public ImmutableArray<SchedulerEffect> OnUnloaded(string profile, DateTimeOffset now)
    {
        if (_fleet.Find(profile) is { Phase: EnginePhase.Unloading })
            _fleet.Remove(profile, out _);
        return Pump(now);
    }

    /// <summary>An engine may use what was lent to it, or has given it back.</summary>
    public ImmutableArray<SchedulerEffect> OnLent(string profile, long bytes, DateTimeOffset now)
    {
        if (bytes == 0 && _fleet.Find(profile) is { GivesBack: true } engine)
            engine.GaveBack();
        return Pump(now);
    }

    /// <summary>
    /// A loaded engine died. Its running requests fail by themselves; they count no longer, a later <see cref="OnFinished"/> is harmless.
    /// </summary>
    public ImmutableArray<SchedulerEffect> OnEnded(string profile, Exception error, DateTimeOffset now)
    {
        if (_fleet.Remove(profile, out var engine))
        {
            _deaths.Died(profile, engine.Owners, error, now);
            _pins.Find(profile)?.Failed(error.Message, now, _options);
        }

        _desk.Forget(profile);
        return Pump(now);
    }

    /// <summary>Replaces the set of pinned profiles.</summary>
    public ImmutableArray<SchedulerEffect> OnPins(IEnumerable<Pin> pins, DateTimeOffset now)
    {
        var old = _pins.Set(pins);
        foreach (var pin in _pins.ByPriority)
            pin.Owners.ForEach(owner => _fleet.ReleaseOthers(owner, pin.Pin.Demand.Profile));

        foreach (var engine in _fleet.All.Where(engine => !_fleet.IsPinned(engine) && old.Contains(engine.Demand.Profile)))
            engine.Unpin(now, _fleet.IsKept(engine));
        _fleet.KeepProtected();
        return Pump(now);
    }

    /// <summary>A new build will take over names; until <see cref="OnHandoverEnded"/> see <see cref="Handover"/>.</summary>
    internal ImmutableArray<SchedulerEffect> OnHandover(Handover handover, DateTimeOffset now)
    {
        _pins.Begin(handover);
        foreach (var engine in _fleet.All.Where(
            engine => handover.DrainFirst && engine.Phase is EnginePhase.Ready && _pins.GivesWay(engine)))
        {
            engine.Drain();
        }

        _fleet.KeepProtected();
        return Pump(now);
    }

    /// <summary>How long nothing has answered for the names of a change; null when something does.</summary>
    internal TakeoverPause? PauseOf(string warm, DateTimeOffset now) =>
        _pins.FindHandover(warm) is { } handover ? handover.PauseAt(_desk.CountWaiting(handover), now) : null;

    /// <summary>The change is over. Requests that still wait for the old build must look their name up again.</summary>
    /// <param name="warm">As given at its beginning.</param>
    /// <param name="moved">Names that the new build serves now; none when it was given up.</param>
    /// <param name="now">The time.</param>
    public ImmutableArray<SchedulerEffect> OnHandoverEnded(string warm, ImmutableArray<string> moved, DateTimeOffset now)
    {
        if (_pins.End(warm) is not { } handover)
            return Pump(now);
        _desk.RefuseWaiting(handover.Replaces, static _ => new Refusal.Moved());
        foreach (var name in moved)
            _fleet.ReleaseOthers(name, handover.Target.Profile);
        if (_fleet.Find(handover.Target.Profile) is { } engine)
        {
            foreach (var name in moved)
                engine.AddOwner(name);
            engine.LoseOwner(warm, _fleet.IsKept(engine));
        }

        _fleet.KeepProtected();
        _desk.CancelUnwantedLoad(handover.Target.Profile);
        return Pump(now);
    }

    /// <summary>
    /// A name shall leave memory when its last request ends, and its idle time is over until a request sets another. Pinned engines stay.
    /// </summary>
    public ImmutableArray<SchedulerEffect> OnUnloadRequested(string owner, DateTimeOffset now)
    {
        foreach (var engine in _fleet.All.Where(engine => engine.Serves(owner) && !_fleet.IsKept(engine)))
            engine.Expire(now);
        return Pump(now);
    }

    /// <summary>A file is not what it was: engines that hold it leave after their last request, pinned or not.</summary>
    public ImmutableArray<SchedulerEffect> OnFileDropped(string path, DateTimeOffset now)
    {
        foreach (var engine in _fleet.All.Where(engine => engine.Demand.Holds(path)))
            engine.Spoil();
        return Pump(now);
    }

    /// <summary>Time went by.</summary>
    public ImmutableArray<SchedulerEffect> OnTick(DateTimeOffset now)
    {
        _deaths.Forget(now);
        _desk.RefuseLate(now);
        return Pump(now);
    }

    /// <summary>After each event: what can run runs, what must be loaded is loaded, what must leave leaves.</summary>
    private ImmutableArray<SchedulerEffect> Pump(DateTimeOffset now)
    {
        _pumped = now;
        _fleet.FreeDrained();
        _desk.Grant(now);
        var blocked = LoadPinned(now);
        _desk.Serve(blocked, now);
        _fleet.DrainIdle(now);
        _fleet.NoteDraining(now);
        foreach (var handover in _pins.Handovers.Where(handover => _fleet.HasLeft(handover) || _desk.IsHeldBy(handover)))
            handover.BeginPause(now);
        _fleet.FreeDrained();
        if (!blocked && !_desk.IsWaiting)
            _fleet.LendFree();
        return Drain();
    }

    /// <returns>True when a pin waits for memory.</returns>
    private bool LoadPinned(DateTimeOffset now)
    {
        var blocked = false;
        foreach (var pin in _pins.ByPriority)
        {
            if (IsAbsent(pin) && pin.NotBefore <= now && !_pins.GivesWay(pin))
                blocked |= !TryLoad(pin, now);
        }

        return blocked;
    }

    /// <summary>Loads a pin, or says why not.</summary>
    /// <returns>False when it waits for memory.</returns>
    private bool TryLoad(PinState pin, DateTimeOffset now)
    {
        if (_fleet.Room.ProblemOf(pin.Pin) is { } problem)
        {
            pin.Problem = problem;
            return true;
        }

        pin.Problem ??= "loading";
        return _fleet.TryLoad(pin.Pin.Demand, new EngineClaim(pin.Pin.Owner), now);
    }

    private EngineView View(EngineSlot engine) =>
        engine.View(_fleet.IsPinned(engine), _measurements.EstimateOf(engine.Demand.Profile)) with
        {
            Replaced = [.. engine.Left, .. engine.Owners.Where(owner => _pins.HandoverFrom(owner, engine.Demand.Profile) is not null)],
        };

    private bool IsAbsent(PinState pin) => !_fleet.Has(pin.Pin.Demand.Profile);

    private string WhyMissing(PinState pin) => pin.Problem ?? (_pins.GivesWay(pin) ? "giving way to its next build" : "loading");

    private ImmutableArray<SchedulerEffect> Drain()
    {
        ImmutableArray<SchedulerEffect> effects = [.. _effects];
        _effects.Clear();
        return effects;
    }
}
