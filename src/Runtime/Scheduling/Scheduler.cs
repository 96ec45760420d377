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
    private readonly Dictionary<string, EngineSlot> _engines = new(StringComparer.Ordinal);
    private readonly PinBoard _pins;
    private readonly MemoryRoom _room;
    private readonly Measurements _measurements = new();
    private readonly WaitingLine _waiting = new();
    private readonly Dictionary<long, string> _running = [];
    private readonly List<SchedulerEffect> _effects = [];
    private readonly EngineDeaths _deaths;

    /// <summary>What was due by then has had its turn: a pin that still waits is not helped by time.</summary>
    private DateTimeOffset _pumped = DateTimeOffset.MinValue;

    /// <summary>Starts with nothing in memory.</summary>
    public Scheduler(SchedulerOptions options)
    {
        _options = options;
        _pins = new PinBoard();
        _room = new MemoryRoom(options, _pins, _engines, _measurements);
        _deaths = new EngineDeaths(options);
    }

    /// <summary>Requests that wait, and what for.</summary>
    public ImmutableArray<WaitingView> Waiting =>
        [.. _waiting.Select(request => new WaitingView(request.Id, request.Claim.Owner, ReasonOf(request), request.Since, request.Deadline))];

    /// <summary>Engines in memory or on their way in or out.</summary>
    public ImmutableArray<EngineView> Engines =>
        [.. _engines.Values.Select(engine => engine.View(IsPinned(engine), _measurements.EstimateOf(engine.Demand.Profile)))];

    /// <summary>Bytes held or promised now.</summary>
    public long UsedBytes => MemoryLedger.Sum(_engines.Values.Select(engine => engine.Demand));

    /// <summary>Bytes that may be held.</summary>
    public long BudgetBytes => _options.MemoryBudget;

    /// <summary>Pinned profiles that are not in memory: why, and how often loading failed in a row.</summary>
    public ImmutableArray<(string Profile, string Reason, int Failures)> MissingPins =>
    [
        .. _pins.ByPriority.Where(pin => !IsServing(pin.Pin.Demand.Profile))
            .Select(pin => (pin.Pin.Demand.Profile, pin.Problem ?? (_pins.GivesWay(pin) ? "giving way to its next build" : "loading"), pin.Failures)),
    ];

    /// <summary>Engines that died several times in a row; requests for them are refused until they may be loaded again.</summary>
    public ImmutableArray<CrashLoop> CrashLoops => _deaths.Loops;

    /// <summary>When <see cref="OnTick"/> must be called next, if nothing else happens.</summary>
    public DateTimeOffset NextTick =>
        _engines.Values.Where(engine => engine.IsIdle && !IsKept(engine)).Select(engine => engine.ExpiresAt)
            .Concat(_waiting.Select(request => request.Deadline))
            .Concat(_pins.ByPriority.Where(pin => !_engines.ContainsKey(pin.Pin.Demand.Profile) && pin.NotBefore > _pumped).Select(pin => pin.NotBefore))
            .DefaultIfEmpty(DateTimeOffset.MaxValue).Min();

    /// <summary>A request wants an engine.</summary>
    /// <param name="request">Unique number.</param>
    /// <param name="demand">The engine.</param>
    /// <param name="claim">For whom.</param>
    /// <param name="now">The time.</param>
    public ImmutableArray<SchedulerEffect> OnRequest(long request, EngineDemand demand, EngineClaim claim, DateTimeOffset now)
    {
        var engine = _engines.GetValueOrDefault(demand.Profile);
        var full = engine is { Phase: EnginePhase.Ready }
            ? engine.Requests >= _options.MaxQueue + 64
            : _waiting.Count >= _options.MaxQueue;
        if (full)
        {
            _effects.Add(new SchedulerEffect.Refuse(request, new Refusal.QueueFull()));
            return Drain();
        }

        if (_pins.HandoverFrom(claim.Owner, demand.Profile) is null)
            ReleaseOtherEngines(claim.Owner, demand.Profile);
        _waiting.Add(new WaitingRequest(request, demand, claim, now, now + _options.MaxWait));
        return Pump(now);
    }

    /// <summary>A granted request ended, or a waiting one gave up.</summary>
    public ImmutableArray<SchedulerEffect> OnFinished(long request, DateTimeOffset now)
    {
        if (_running.Remove(request, out var profile))
        {
            if (_engines.TryGetValue(profile, out var engine))
            {
                engine.Requests--;
                engine.Touch(now);
            }
        }
        else if (_waiting.Remove(request) is { } gone)
        {
            CancelUnwantedLoad(gone.Demand.Profile);
        }

        return Pump(now);
    }

    /// <summary>A load succeeded; the measured demand replaces the estimate.</summary>
    public ImmutableArray<SchedulerEffect> OnLoaded(string profile, EngineDemand measured, DateTimeOffset now)
    {
        if (_engines.TryGetValue(profile, out var engine))
        {
            _measurements.Take(engine.Demand, measured);
            engine.Demand = measured;
            engine.Phase = EnginePhase.Ready;
            engine.Touch(now);
            _deaths.Loaded(profile, now);
            if (_pins.Find(profile) is { } pin)
                pin.Succeeded(now);
            else if (engine.CancelRequested && !_waiting.WantsAny(profile))
                engine.Phase = EnginePhase.Draining;
            engine.CancelRequested = false;
        }

        return Pump(now);
    }

    /// <summary>A load failed or was cancelled; who waited for it is refused.</summary>
    public ImmutableArray<SchedulerEffect> OnLoadFailed(string profile, Exception error, DateTimeOffset now)
    {
        if (_engines.Remove(profile, out var engine))
        {
            var isFirstDeath = error is EngineFailedException { WorkerDied: true } && _deaths.Died(profile, engine.Owners, error, now) == 1;
            _pins.Find(profile)?.Failed(error.Message, now, _options);

            // A cancelled load is nobody's failure, and a worker that was killed may be a chance: who waits gets a new one.
            if (!engine.CancelRequested && !isFirstDeath)
                RefuseWaiting(request => request.Demand.Profile == profile, _ => new Refusal.LoadFailed(error));
        }

        return Pump(now);
    }

    /// <summary>An engine is freed.</summary>
    public ImmutableArray<SchedulerEffect> OnUnloaded(string profile, DateTimeOffset now)
    {
        if (_engines.TryGetValue(profile, out var engine) && engine.Phase is EnginePhase.Unloading)
            _engines.Remove(profile);
        return Pump(now);
    }

    /// <summary>A loaded engine died. Its running requests fail by themselves; they count no longer, a later <see cref="OnFinished"/> is harmless.</summary>
    public ImmutableArray<SchedulerEffect> OnEnded(string profile, Exception error, DateTimeOffset now)
    {
        if (_engines.Remove(profile, out var engine))
        {
            _deaths.Died(profile, engine.Owners, error, now);
            _pins.Find(profile)?.Failed(error.Message, now, _options);
        }

        _running.Where(run => run.Value == profile).Select(run => run.Key).ToList().ForEach(request => _running.Remove(request));
        return Pump(now);
    }

    /// <summary>Replaces the set of pinned profiles.</summary>
    public ImmutableArray<SchedulerEffect> OnPins(IEnumerable<Pin> pins, DateTimeOffset now)
    {
        var old = _pins.Set(pins);
        foreach (var pin in _pins.ByPriority)
            pin.Owners.ForEach(owner => ReleaseOtherEngines(owner, pin.Pin.Demand.Profile));

        foreach (var engine in _engines.Values.Where(engine => !IsPinned(engine) && old.Contains(engine.Demand.Profile)))
            engine.Unpin(now, IsKept(engine));
        KeepProtected();
        return Pump(now);
    }

    /// <summary>A new build will take over names; until <see cref="OnHandoverEnded"/> see <see cref="Handover"/>.</summary>
    /// <param name="warm">Name that the new build is loaded under meanwhile.</param>
    /// <param name="target">Its engine.</param>
    /// <param name="names">Names to take over.</param>
    /// <param name="drainFirst">The old engines leave even where both fit.</param>
    /// <param name="now">The time.</param>
    public ImmutableArray<SchedulerEffect> OnHandover(string warm, EngineDemand target, ImmutableArray<string> names, bool drainFirst, DateTimeOffset now)
    {
        _pins.Begin(new Handover(warm, target, names));
        foreach (var engine in _engines.Values.Where(engine => drainFirst && engine.Phase is EnginePhase.Ready && _pins.GivesWay(engine)))
            engine.Phase = EnginePhase.Draining;
        KeepProtected();
        return Pump(now);
    }

    /// <summary>The change is over. Requests that still wait for the old build are told to look again.</summary>
    /// <param name="warm">As given at its begin.</param>
    /// <param name="moved">Names that the new build serves now; none when it was given up.</param>
    /// <param name="now">The time.</param>
    public ImmutableArray<SchedulerEffect> OnHandoverEnded(string warm, ImmutableArray<string> moved, DateTimeOffset now)
    {
        if (_pins.End(warm) is not { } handover)
            return Pump(now);
        RefuseWaiting(request => handover.Replaces(request.Claim.Owner, request.Demand.Profile), static _ => new Refusal.Moved());
        foreach (var name in moved)
            ReleaseOtherEngines(name, handover.Target.Profile);
        if (_engines.TryGetValue(handover.Target.Profile, out var engine))
        {
            foreach (var name in moved)
                engine.AddOwner(name);
            engine.LoseOwner(warm, IsKept(engine));
        }

        KeepProtected();
        CancelUnwantedLoad(handover.Target.Profile);
        return Pump(now);
    }

    /// <summary>A name shall leave memory when its last request ends, and its idle time is over until somebody sets another. Pinned engines stay.</summary>
    public ImmutableArray<SchedulerEffect> OnUnloadRequested(string owner, DateTimeOffset now)
    {
        foreach (var engine in _engines.Values.Where(engine => engine.Owners.Contains(owner, StringComparer.OrdinalIgnoreCase) && !IsKept(engine)))
            engine.Expire(now);
        return Pump(now);
    }

    /// <summary>Time went by.</summary>
    public ImmutableArray<SchedulerEffect> OnTick(DateTimeOffset now)
    {
        _deaths.Forget(now);
        RefuseWaiting(request => request.Deadline <= now, request => new Refusal.TimedOut(ReasonOf(request)));
        return Pump(now);
    }

    private ImmutableArray<SchedulerEffect> Pump(DateTimeOffset now)
    {
        _pumped = now;
        FreeDrained();

        // Who needs nothing but an engine that is there waits for nobody.
        _waiting.RemoveWhere(request => Grant(request, now));
        var blocked = false;
        foreach (var pin in _pins.ByPriority)
        {
            if (!_engines.ContainsKey(pin.Pin.Demand.Profile) && pin.NotBefore <= now && !_pins.GivesWay(pin))
                blocked |= EnsurePinned(pin, now);
        }

        _waiting.RemoveWhere(request => Serve(request, ref blocked, now));
        foreach (var engine in _engines.Values.Where(engine => engine.IsIdle && !IsKept(engine) && engine.ExpiresAt <= now))
            engine.Phase = EnginePhase.Draining;
        Evict(_room.VictimsOfOverdraft(now));
        FreeDrained();
        return Drain();
    }

    /// <summary>Refuses (true), or starts what a waiting request needs. Once one waits for memory, later ones must not overtake it.</summary>
    private bool Serve(WaitingRequest request, ref bool blocked, DateTimeOffset now)
    {
        if (_engines.ContainsKey(request.Demand.Profile))
            return false;
        if (_deaths.Bars(request.Demand.Profile, now) is { } loop)
            return Refuse(request, new Refusal.Crashed(loop, loop.NotBefore - now));
        if (blocked || IsHeld(request))
            return false;
        if (_room.NeverFits(request.Demand) is { } refusal)
            return Refuse(request, refusal);
        if (MakeRoom(request.Demand, now))
            Start(request.Demand, request.Claim, now);
        else
            blocked = true;
        return false;
    }

    /// <summary>Its name is about to be served by another build, and this one does not fit beside it.</summary>
    private bool IsHeld(WaitingRequest request) =>
        _pins.HandoverFrom(request.Claim.Owner, request.Demand.Profile) is { } handover && !_room.FitsBeside(handover.Target, request.Demand);

    private bool Refuse(WaitingRequest request, Refusal reason)
    {
        _effects.Add(new SchedulerEffect.Refuse(request.Id, reason));
        return true;
    }

    /// <summary>True when its engine serves it from now on.</summary>
    private bool Grant(WaitingRequest request, DateTimeOffset now)
    {
        if (!_engines.TryGetValue(request.Demand.Profile, out var engine) || engine.Phase is not EnginePhase.Ready)
            return false;
        _running.Add(request.Id, request.Demand.Profile);
        engine.Requests++;
        engine.LastUsed = now;
        engine.CancelRequested = false;
        engine.Claim(request.Claim);
        _effects.Add(new SchedulerEffect.Grant(request.Id, request.Demand.Profile));
        return true;
    }

    /// <summary>Starts a pin, or says why not; true when it waits for memory.</summary>
    private bool EnsurePinned(PinState pin, DateTimeOffset now)
    {
        if (_room.ProblemOf(pin.Pin) is { } problem)
        {
            pin.Problem = problem;
            return false;
        }

        pin.Problem ??= "loading";
        if (!MakeRoom(pin.Pin.Demand, now))
            return true;
        Start(pin.Pin.Demand, new EngineClaim(pin.Pin.Owner), now);
        return false;
    }

    private void Start(EngineDemand demand, EngineClaim claim, DateTimeOffset now)
    {
        var engine = new EngineSlot(_measurements.Known(demand), claim.KeepAlive ?? _options.KeepAlive, now) { Priority = claim.Priority };
        engine.AddOwner(claim.Owner);
        _engines.Add(demand.Profile, engine);
        _effects.Add(new SchedulerEffect.Load(demand));
    }

    /// <summary>True when the demand fits now; else the best victims go.</summary>
    private bool MakeRoom(EngineDemand demand, DateTimeOffset now)
    {
        if (_room.Fits(demand))
            return true;
        Evict(_room.VictimsFor(demand, now));
        return false;
    }

    private void Evict(IEnumerable<EngineSlot> victims)
    {
        foreach (var victim in victims)
        {
            victim.Phase = EnginePhase.Draining;
            _effects.Add(new SchedulerEffect.Evict(victim.Demand.Profile));
        }
    }

    private void FreeDrained()
    {
        foreach (var engine in _engines.Values.Where(engine => engine is { Phase: EnginePhase.Draining, Requests: 0 }))
        {
            engine.Phase = EnginePhase.Unloading;
            _effects.Add(new SchedulerEffect.Unload(engine.Demand.Profile));
        }
    }

    private void CancelUnwantedLoad(string profile)
    {
        if (!_engines.TryGetValue(profile, out var engine) || engine.Phase is not EnginePhase.Loading
            || engine.CancelRequested || IsKept(engine) || _waiting.WantsAny(profile))
        {
            return;
        }

        engine.CancelRequested = true;
        _effects.Add(new SchedulerEffect.CancelLoad(profile));
    }

    private void ReleaseOtherEngines(string owner, string profile)
    {
        foreach (var engine in _engines.Values.Where(engine => engine.Demand.Profile != profile))
            engine.LoseOwner(owner, IsKept(engine));
    }

    private void RefuseWaiting(Predicate<WaitingRequest> which, Func<WaitingRequest, Refusal> why)
    {
        var refused = _waiting.Where(request => which(request)).ToList();
        refused.ForEach(request => Refuse(request, why(request)));
        _waiting.RemoveWhere(refused.Contains);
        refused.ForEach(request => CancelUnwantedLoad(request.Demand.Profile));
    }

    /// <summary>What must stay again, and has not gone yet, stays.</summary>
    private void KeepProtected()
    {
        foreach (var engine in _engines.Values.Where(engine => engine.Phase is EnginePhase.Draining && _pins.IsProtected(engine.Demand.Profile)))
            engine.Phase = EnginePhase.Ready;
    }

    private bool IsPinned(EngineSlot engine) => _pins.IsPinned(engine.Demand.Profile);

    private bool IsKept(EngineSlot engine) => _pins.IsKept(engine.Demand.Profile);

    private bool IsServing(string profile) => _engines.TryGetValue(profile, out var engine) && engine.Phase is EnginePhase.Ready;

    private WaitReason ReasonOf(WaitingRequest request) => _engines.TryGetValue(request.Demand.Profile, out var engine)
        ? engine.Phase is EnginePhase.Loading ? WaitReason.Loading : WaitReason.Restart
        : IsHeld(request) ? WaitReason.Update : WaitReason.Memory;

    private ImmutableArray<SchedulerEffect> Drain()
    {
        ImmutableArray<SchedulerEffect> effects = [.. _effects];
        _effects.Clear();
        return effects;
    }
}
