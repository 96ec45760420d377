using System.Collections.Immutable;

namespace ModelOps.Runtime.Scheduling;

/// <summary>
/// Decides which engines are in memory and which request runs where. Pure: events in, effects out, no clock, no threads;
/// the caller serialises calls and carries the effects out.
/// </summary>
/// <remarks>
/// Invariants, checked by property tests over random schedules: never two loads of one profile; bytes of all engines never above
/// the budget by a decision of ours; a pinned engine is in memory, on its way, or reported; every waiting request is granted or
/// refused in the end.
/// </remarks>
public sealed class Scheduler(SchedulerOptions options)
{
    private readonly Dictionary<string, EngineSlot> _engines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PinState> _pins = new(StringComparer.Ordinal);
    private readonly LinkedList<WaitingRequest> _waiting = new();
    private readonly Dictionary<long, string> _running = [];
    private readonly List<SchedulerEffect> _effects = [];
    private readonly EngineDeaths _deaths = new(options);

    /// <summary>What was due by then has had its turn: a pin that still waits is not helped by time.</summary>
    private DateTimeOffset _pumped = DateTimeOffset.MinValue;

    /// <summary>Requests that wait, and what for.</summary>
    public ImmutableArray<(long Request, WaitReason Reason, DateTimeOffset Deadline)> Waiting =>
        [.. _waiting.Select(request => (request.Id, ReasonOf(request), request.Deadline))];

    /// <summary>Engines in memory or on their way in or out.</summary>
    public ImmutableArray<EngineView> Engines => [.. _engines.Values.Select(engine => engine.View(IsPinned(engine)))];

    /// <summary>Bytes held or promised now.</summary>
    public long UsedBytes => MemoryLedger.Sum(_engines.Values.Select(engine => engine.Demand));

    /// <summary>Pinned profiles that are not in memory: why, and how often loading failed in a row.</summary>
    public ImmutableArray<(string Profile, string Reason, int Failures)> MissingPins =>
        [.. _pins.Values.Where(pin => !IsServing(pin.Pin.Demand.Profile)).Select(pin => (pin.Pin.Demand.Profile, pin.Problem ?? "loading", pin.Failures))];

    /// <summary>Engines that died several times in a row; requests for them are refused until they may be loaded again.</summary>
    public ImmutableArray<CrashLoop> CrashLoops => _deaths.Loops;

    /// <summary>When <see cref="OnTick"/> must be called next, if nothing else happens.</summary>
    public DateTimeOffset NextTick =>
        _engines.Values.Where(engine => engine.IsIdle && !IsPinned(engine)).Select(engine => engine.ExpiresAt)
            .Concat(_waiting.Select(request => request.Deadline))
            .Concat(_pins.Values.Where(pin => !_engines.ContainsKey(pin.Pin.Demand.Profile) && pin.NotBefore > _pumped).Select(pin => pin.NotBefore))
            .DefaultIfEmpty(DateTimeOffset.MaxValue).Min();

    /// <summary>A request wants an engine.</summary>
    /// <param name="request">Unique number.</param>
    /// <param name="demand">The engine.</param>
    /// <param name="owner">Name it was asked for by; a name that moves to another engine lets go of the old one.</param>
    /// <param name="keepAlive">Idle time to set, or null to leave it.</param>
    /// <param name="now">The time.</param>
    public ImmutableArray<SchedulerEffect> OnRequest(
        long request, EngineDemand demand, string owner, TimeSpan? keepAlive, DateTimeOffset now)
    {
        var engine = _engines.GetValueOrDefault(demand.Profile);
        var full = engine is { Phase: EnginePhase.Ready }
            ? engine.Requests >= options.MaxQueue + 64
            : _waiting.Count >= options.MaxQueue;
        if (full)
        {
            _effects.Add(new SchedulerEffect.Refuse(request, new Refusal.QueueFull()));
            return Drain();
        }

        ReleaseOtherEngines(owner, demand.Profile);
        _waiting.AddLast(new WaitingRequest(request, demand, owner, keepAlive, now + options.MaxWait));
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
        else
        {
            for (var node = _waiting.First; node is not null; node = node.Next)
            {
                if (node.Value.Id != request)
                    continue;
                _waiting.Remove(node);
                CancelUnwantedLoad(node.Value.Demand.Profile);
                break;
            }
        }

        return Pump(now);
    }

    /// <summary>A load succeeded; the measured demand replaces the estimate.</summary>
    public ImmutableArray<SchedulerEffect> OnLoaded(string profile, EngineDemand measured, DateTimeOffset now)
    {
        if (_engines.TryGetValue(profile, out var engine))
        {
            engine.Demand = measured;
            engine.Phase = EnginePhase.Ready;
            engine.Touch(now);
            _deaths.Loaded(profile, now);
            if (_pins.TryGetValue(profile, out var pin))
                pin.Succeeded(measured, now);
            else if (engine.CancelRequested && !_waiting.Any(request => request.Demand.Profile == profile))
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
            if (_pins.TryGetValue(profile, out var pin))
                pin.Failed(error.Message, now, options);
            // A cancelled load is nobody's failure: who came meanwhile gets a new one.
            if (!engine.CancelRequested)
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
            if (_pins.TryGetValue(profile, out var pin))
                pin.Failed(error.Message, now, options);
        }

        foreach (var request in _running.Where(run => run.Value == profile).Select(run => run.Key).ToList())
            _running.Remove(request);
        return Pump(now);
    }

    /// <summary>Replaces the set of pinned profiles.</summary>
    public ImmutableArray<SchedulerEffect> OnPins(IEnumerable<Pin> pins, DateTimeOffset now)
    {
        var old = new Dictionary<string, PinState>(_pins, StringComparer.Ordinal);
        _pins.Clear();
        foreach (var pin in pins.OrderByDescending(pin => pin.Priority).ThenBy(pin => pin.Owner, StringComparer.Ordinal))
        {
            if (_pins.ContainsKey(pin.Demand.Profile))
                continue;
            var state = old.TryGetValue(pin.Demand.Profile, out var known) ? known : new PinState();
            state.Pin = state.Measured is null ? pin : pin with { Demand = state.Measured };
            _pins.Add(pin.Demand.Profile, state);
            ReleaseOtherEngines(pin.Owner, pin.Demand.Profile);
        }

        // What is pinned again is not drained; what is no longer pinned starts its idle time now.
        foreach (var engine in _engines.Values)
        {
            if (IsPinned(engine) && engine.Phase is EnginePhase.Draining)
                engine.Phase = EnginePhase.Ready;
            if (!IsPinned(engine) && old.ContainsKey(engine.Demand.Profile))
                engine.Touch(now);
        }

        return Pump(now);
    }

    /// <summary>A name shall leave memory when its last request ends. Pinned engines stay.</summary>
    public ImmutableArray<SchedulerEffect> OnUnloadRequested(string owner, DateTimeOffset now)
    {
        foreach (var engine in _engines.Values.Where(engine => engine.Owners.Contains(owner, StringComparer.OrdinalIgnoreCase)))
        {
            if (IsPinned(engine) || engine.Phase is not EnginePhase.Ready)
                continue;
            engine.Phase = EnginePhase.Draining;
            engine.ExpiresAt = now;
        }

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
        var blocked = false;
        foreach (var pin in _pins.Values.OrderByDescending(pin => pin.Pin.Priority))
        {
            if (!_engines.ContainsKey(pin.Pin.Demand.Profile) && pin.NotBefore <= now)
                blocked |= EnsurePinned(pin, now);
        }

        for (var node = _waiting.First; node is not null;)
        {
            var next = node.Next;
            blocked |= Serve(node, blocked, now);
            node = next;
        }

        foreach (var engine in _engines.Values.Where(engine => engine.IsIdle && !IsPinned(engine) && engine.ExpiresAt <= now))
            engine.Phase = EnginePhase.Draining;
        FreeDrained();
        return Drain();
    }

    /// <summary>Grants, starts or leaves one waiting request; true when it waits for memory, so that later ones must not overtake it.</summary>
    private bool Serve(LinkedListNode<WaitingRequest> node, bool blocked, DateTimeOffset now)
    {
        var request = node.Value;
        if (_engines.TryGetValue(request.Demand.Profile, out var engine))
        {
            if (engine.Phase is EnginePhase.Ready)
                Grant(node, engine, now);
            return false;
        }

        if (_deaths.Bars(request.Demand.Profile, now) is { } loop)
            return Refuse(node, new Refusal.Crashed(loop, loop.NotBefore - now));
        if (blocked)
            return true;
        if (NeverFits(request.Demand) is { } refusal)
            return Refuse(node, refusal);

        if (!MakeRoom(request.Demand))
            return true;
        Start(request.Demand, request.Owner, request.KeepAlive ?? options.KeepAlive, now);
        return false;
    }

    private bool Refuse(LinkedListNode<WaitingRequest> node, Refusal reason)
    {
        _waiting.Remove(node);
        _effects.Add(new SchedulerEffect.Refuse(node.Value.Id, reason));
        return false;
    }

    private void Grant(LinkedListNode<WaitingRequest> node, EngineSlot engine, DateTimeOffset now)
    {
        var request = node.Value;
        _waiting.Remove(node);
        _running.Add(request.Id, request.Demand.Profile);
        engine.Requests++;
        engine.LastUsed = now;
        engine.CancelRequested = false;
        if (request.KeepAlive is { } keepAlive)
            engine.KeepAlive = keepAlive;
        engine.AddOwner(request.Owner);
        _effects.Add(new SchedulerEffect.Grant(request.Id, request.Demand.Profile));
    }

    /// <summary>Starts a pin, or says why not; true when it waits for memory.</summary>
    private bool EnsurePinned(PinState pin, DateTimeOffset now)
    {
        var demand = pin.Pin.Demand;
        var others = MemoryLedger.Sum(_pins.Values
            .Where(other => other != pin && (_engines.ContainsKey(other.Pin.Demand.Profile)))
            .Select(other => other.Pin.Demand).Append(demand));
        if (others > options.MemoryBudget)
        {
            pin.Problem = $"does not fit: {others} bytes needed with the other pinned models, {options.MemoryBudget} allowed";
            return false;
        }

        pin.Problem ??= "loading";
        if (!MakeRoom(demand))
            return true;
        Start(demand, pin.Pin.Owner, options.KeepAlive, now);
        return false;
    }

    private void Start(EngineDemand demand, string owner, TimeSpan keepAlive, DateTimeOffset now)
    {
        var engine = new EngineSlot(demand, keepAlive, now);
        engine.AddOwner(owner);
        _engines.Add(demand.Profile, engine);
        _effects.Add(new SchedulerEffect.Load(demand));
    }

    /// <summary>True when the demand fits now; else sends the best victims on their way.</summary>
    private bool MakeRoom(EngineDemand demand)
    {
        if (Fits(_engines.Values, demand))
            return true;

        // What leaves anyway counts as gone, so that no more is evicted than needed.
        var staying = _engines.Values.Where(engine => engine.Phase is EnginePhase.Loading or EnginePhase.Ready).ToList();
        foreach (var victim in Eviction.InOrder(staying.Where(engine => !IsPinned(engine) && engine.Phase is EnginePhase.Ready)).ToList())
        {
            if (Fits(staying, demand))
                break;
            staying.Remove(victim);
            victim.Phase = EnginePhase.Draining;
        }

        return false;
    }

    private bool Fits(IEnumerable<EngineSlot> engines, EngineDemand demand)
    {
        var demands = engines.Select(engine => engine.Demand).ToList();
        if (MemoryLedger.Sum(demands.Append(demand)) > options.MemoryBudget)
            return false;
        if (options.MaxLoadedWeights == 0 || _pins.ContainsKey(demand.Profile))
            return true;
        var weights = demands.Where(other => !_pins.ContainsKey(other.Profile)).Select(other => other.Weights)
            .Append(demand.Weights).Distinct(StringComparer.Ordinal).Count();
        return weights <= options.MaxLoadedWeights;
    }

    private Refusal.NeverFits? NeverFits(EngineDemand demand)
    {
        var pinned = _pins.Values.Select(pin => pin.Pin.Demand).Where(other => other.Profile != demand.Profile).ToList();
        var together = MemoryLedger.Sum(pinned.Append(demand));
        if (together <= options.MemoryBudget)
            return null;
        var alone = MemoryLedger.Sum(pinned);
        return new Refusal.NeverFits(together - alone, Math.Max(0, options.MemoryBudget - alone));
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
            || engine.CancelRequested || IsPinned(engine) || _waiting.Any(request => request.Demand.Profile == profile))
        {
            return;
        }

        engine.CancelRequested = true;
        _effects.Add(new SchedulerEffect.CancelLoad(profile));
    }

    private void ReleaseOtherEngines(string owner, string profile)
    {
        foreach (var engine in _engines.Values.Where(engine => engine.Demand.Profile != profile))
            engine.LoseOwner(owner, IsPinned(engine));
    }

    private void RefuseWaiting(Predicate<WaitingRequest> which, Func<WaitingRequest, Refusal> why)
    {
        for (var node = _waiting.First; node is not null;)
        {
            var next = node.Next;
            if (which(node.Value))
            {
                _ = Refuse(node, why(node.Value));
                CancelUnwantedLoad(node.Value.Demand.Profile);
            }

            node = next;
        }
    }

    private bool IsPinned(EngineSlot engine) => _pins.ContainsKey(engine.Demand.Profile);

    private bool IsServing(string profile) => _engines.TryGetValue(profile, out var engine) && engine.Phase is EnginePhase.Ready;

    private WaitReason ReasonOf(WaitingRequest request) => _engines.TryGetValue(request.Demand.Profile, out var engine)
        ? engine.Phase is EnginePhase.Loading ? WaitReason.Loading : WaitReason.Restart
        : WaitReason.Memory;

    private ImmutableArray<SchedulerEffect> Drain()
    {
        ImmutableArray<SchedulerEffect> effects = [.. _effects];
        _effects.Clear();
        return effects;
    }
}
