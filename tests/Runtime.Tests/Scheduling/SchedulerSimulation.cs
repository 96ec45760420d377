using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Tests.Scheduling;

/// <summary>
/// Drives a scheduler with random events as a world of loads, crashes and clients would, and checks the invariants after each.
/// </summary>
internal sealed class SchedulerSimulation
{
    private const long Budget = 1000;

    private readonly Random _random;
    private readonly Scheduler _scheduler;
    private readonly EngineDemand[] _demands;
    private readonly Dictionary<string, bool> _loading = new(StringComparer.Ordinal);
    private readonly HashSet<string> _loaded = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unloading = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lent = new(StringComparer.Ordinal);
    private readonly HashSet<string> _askedBack = new(StringComparer.Ordinal);
    private readonly HashSet<long> _waiting = [];
    private readonly Dictionary<long, string> _running = [];
    private readonly Dictionary<long, Arrival> _arrivals = [];
    private readonly Dictionary<string, Update> _updates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EngineDemand> _measured = new(StringComparer.Ordinal);
    private Dictionary<string, string[]> _pinned = new(StringComparer.Ordinal);
    private bool _settling;
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;
    private long _next;

    internal SchedulerSimulation(int seed)
    {
        _random = new Random(seed);
        _scheduler = new Scheduler(new SchedulerOptions { MemoryBudget = Budget, MaxLoadedWeights = _random.Next(0, 4), MaxQueue = 8 });
        _demands = [.. Enumerable.Range(0, 6).Select(index => new EngineDemand(
            $"profile{index}", $"weights{index / 2}", 100 * (1 + index / 2), 50 + 70 * index) { MostLent = _random.Next(3) * 90 })];
    }

    /// <summary>Events so far.</summary>
    internal int Steps { get; private set; }

    internal void Run(int steps)
    {
        for (var step = 0; step < steps; step++)
            Step();
        Settle();
    }

    private void Step()
    {
        Steps++;
        _now += TimeSpan.FromSeconds(_random.Next(0, 40));
        switch (_random.Next(17))
        {
            case 0 or 1 or 2:
                Arrive();
                break;
            case 3 when _running.Count > 0:
                Finish(Pick(_running.Keys));
                break;
            case 4 when _waiting.Count > 0:
                Finish(Pick(_waiting));
                break;
            case 5 or 6 or 7 when _loading.Count > 0:
                EndLoad(Pick(_loading.Keys));
                break;
            case 8 when _unloading.Count > 0:
                EndUnload(Pick(_unloading));
                break;
            case 9 when _loaded.Count > 0:
                Crash(Pick(_loaded));
                break;
            case 10:
                RePin();
                break;
            case 11 when _random.Next(3) == 0:
                Do(_scheduler.OnUnloadRequested($"owner{_random.Next(4)}", _now));
                break;
            case 12 when _updates.Count < 2:
                BeginUpdate();
                break;
            case 13 or 14 when _updates.Count > 0:
                EndUpdate(Pick(_updates.Keys));
                break;
            case 15 or 16 when _askedBack.Count > 0:
                GiveBack(Pick(_askedBack));
                break;
            default:
                Do(_scheduler.OnTick(_now));
                break;
        }
    }

    /// <summary>Everything that is under way ends well; then nobody may be left waiting and every pin that fits must serve.</summary>
    private void Settle()
    {
        _settling = true;
        foreach (var update in _updates.Keys.ToList())
            EndUpdate(update);
        for (var round = 0; round < 400; round++)
        {
            EndWhatIsUnderWay();

            // Time does not help here: whoever waits while nothing happens was forgotten.
            Assert.True(_waiting.Count == 0, "a request waits, and nothing is under way");
            if (_scheduler.MissingPins.All(pin => pin.Reason.Contains("does not fit", StringComparison.Ordinal)))
                return;

            var tick = _scheduler.NextTick;
            Assert.True(tick < DateTimeOffset.MaxValue, "a pin is missing, and nothing will wake the scheduler");
            _now = tick > _now ? tick : _now;
            Do(_scheduler.OnTick(_now));
        }

        Assert.Fail($"a pin that fits does not come into memory: {string.Join(", ", _scheduler.MissingPins)}; "
            + $"in memory: {string.Join(", ", _scheduler.Engines)}; next tick {_scheduler.NextTick - _now}");
    }

    private void EndWhatIsUnderWay()
    {
        for (var round = 0; _loading.Count + _unloading.Count + _running.Count + _askedBack.Count > 0; round++)
        {
            Assert.True(round < 200, "loads and unloads without an end");
            foreach (var profile in _askedBack.ToList())
                GiveBack(profile);
            foreach (var profile in _loading.Keys.ToList())
                Load(profile, succeeds: true);
            foreach (var profile in _unloading.ToList())
                EndUnload(profile);
            foreach (var request in _running.Keys.ToList())
                Finish(request);
        }
    }

    private void Arrive()
    {
        TimeSpan? keepAlive = _random.Next(3) switch { 0 => null, 1 => TimeSpan.Zero, _ => TimeSpan.FromMinutes(_random.Next(10)) };
        Ask(_demands[_random.Next(_demands.Length)], $"owner{_random.Next(4)}", keepAlive);
    }

    private long Ask(EngineDemand demand, string owner, TimeSpan? keepAlive)
    {
        var request = _next++;
        _waiting.Add(request);
        _arrivals[request] = new Arrival(demand, owner);
        Do(_scheduler.OnRequest(request, demand, new EngineClaim(owner, keepAlive, _random.Next(2)), _now));
        return request;
    }

    private void Finish(long request)
    {
        _running.Remove(request);
        _waiting.Remove(request);
        _arrivals.Remove(request);
        Do(_scheduler.OnFinished(request, _now));
    }

    /// <summary>
    /// A new build is warmed to take over one or two names, as a reconciler does it: announce, ask for its engine, switch, let go.
    /// </summary>
    private void BeginUpdate()
    {
        var warm = $"staged{_next}";
        var target = _demands[_random.Next(_demands.Length)];
        string[] names = _random.Next(2) == 0 ? [$"owner{_random.Next(4)}"]
            : ["owner0", $"pin-{_demands[_random.Next(_demands.Length)].Profile}"];
        if (_updates.Values.Any(update => update.Names.Intersect(names).Any()))
            return;
        var isOnlyBeside = _random.Next(4) == 0;
        _updates[warm] = new Update(target, names) { IsOnlyBeside = isOnlyBeside };
        Do(_scheduler.OnHandover(
            new Handover(warm, target, [.. names])
            {
                DrainFirst = !isOnlyBeside && _random.Next(3) == 0,
                OnlyBeside = isOnlyBeside,
                MaxWaiting = _random.Next(3) == 0 ? 1 : null,
                MaxWait = _random.Next(3) == 0 ? TimeSpan.FromSeconds(30) : null,
            },
            _now));
        _updates[warm].Lease = Ask(target, warm, null);
    }

    private void EndUpdate(string warm)
    {
        var update = _updates[warm];
        _updates.Remove(warm);
        var moved = _random.Next(3) > 0 && _running.ContainsKey(update.Lease) ? update.Names : [];
        var stale = _waiting.Where(request => update.Names.Contains(_arrivals[request].Owner)
            && _arrivals[request].Demand.Profile != update.Target.Profile).ToList();
        Do(_scheduler.OnHandoverEnded(warm, [.. moved], _now));
        Assert.DoesNotContain(stale, _waiting.Contains);
        Finish(update.Lease);
    }

    private void EndLoad(string profile) => Load(profile, succeeds: !_loading[profile] && _random.Next(4) > 0);

    private void Load(string profile, bool succeeds)
    {
        if (!_loading.Remove(profile, out var cancelled))
            return;
        if (!succeeds || cancelled)
        {
            var hopeful = _waiting.Where(request => !cancelled && _arrivals[request].Demand.Profile == profile).ToList();
            Do(_scheduler.OnLoadFailed(profile, new InvalidOperationException("injected"), _now));
            Assert.DoesNotContain(hopeful, _waiting.Contains);
            return;
        }

        // Now and then an engine takes other bytes than the arithmetic said; then always the same.
        if (!_measured.TryGetValue(profile, out var measured))
        {
            measured = _demands.Single(demand => demand.Profile == profile);
            if (_random.Next(4) == 0)
                measured = measured with { ContextBytes = measured.ContextBytes + _random.Next(-40, 80) };
            _measured[profile] = measured;
        }

        _loaded.Add(profile);
        Do(_scheduler.OnLoaded(profile, measured, _now));
    }

    private void GiveBack(string profile)
    {
        Assert.True(_lent.Remove(profile), "nothing was lent");
        _askedBack.Remove(profile);
        Do(_scheduler.OnLent(profile, 0, _now));
    }

    private void Forget(string profile)
    {
        _lent.Remove(profile);
        _askedBack.Remove(profile);
    }

    private void EndUnload(string profile)
    {
        _unloading.Remove(profile);
        Forget(profile);
        Do(_scheduler.OnUnloaded(profile, _now));
    }

    private void Crash(string profile)
    {
        _loaded.Remove(profile);
        Forget(profile);
        var victims = _running.Where(run => run.Value == profile).Select(run => run.Key).ToList();
        victims.ForEach(request => _running.Remove(request));
        Do(_scheduler.OnEnded(profile, new InvalidOperationException("crashed"), _now));
        foreach (var request in victims)
        {
            if (!_updates.Values.Any(update => update.Lease == request))
                Finish(request);
        }
    }

    private void RePin()
    {
        var pins = _demands.Where(_ => _random.Next(4) == 0).Select(demand => new Pin(demand, "pin-" + demand.Profile, _random.Next(3)))
            .ToList();
        if (pins.Count > 0 && _random.Next(3) == 0)
            pins.Add(pins[0] with { Owner = "owner0" });
        _pinned = pins.GroupBy(pin => pin.Demand.Profile)
            .ToDictionary(group => group.Key, group => group.Select(pin => pin.Owner).ToArray(), StringComparer.Ordinal);
        Do(_scheduler.OnPins(pins, _now));
    }

    /// <summary>All its names are about to be served by another build: it may leave although it is pinned.</summary>
    private bool GivesWay(string profile) =>
        _pinned[profile].All(owner => _updates.Values.Any(
            update => !update.IsOnlyBeside && update.Target.Profile != profile && update.Names.Contains(owner)));

    private void Do(IEnumerable<SchedulerEffect> effects)
    {
        var movedOn = new List<Arrival>();
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case SchedulerEffect.Load load:
                    Assert.DoesNotContain(load.Demand.Profile, _loaded);
                    Assert.DoesNotContain(load.Demand.Profile, _unloading);
                    Assert.True(_loading.TryAdd(load.Demand.Profile, false), "double load");
                    Assert.True(_scheduler.UsedBytes + _lent.Values.Sum() <= Budget, $"a load began with {_scheduler.UsedBytes} bytes used");
                    break;
                case SchedulerEffect.Lend { Bytes: 0 } back:
                    Assert.True(_lent.ContainsKey(back.Profile), "nothing was lent");
                    Assert.True(_askedBack.Add(back.Profile), "asked back twice");
                    break;
                case SchedulerEffect.Lend lend:
                    Assert.Contains(lend.Profile, _loaded);
                    Assert.True(_lent.TryAdd(lend.Profile, lend.Bytes), "lent twice");
                    Assert.InRange(lend.Bytes, 1, _demands.Single(demand => demand.Profile == lend.Profile).MostLent);
                    Assert.Empty(_waiting);
                    break;
                case SchedulerEffect.Evict evict:
                    Assert.Contains(evict.Profile, _loaded);
                    Assert.True(!_pinned.ContainsKey(evict.Profile) || GivesWay(evict.Profile), $"{evict.Profile} is pinned and evicted");
                    Assert.DoesNotContain(_updates.Values, update => update.Target.Profile == evict.Profile);
                    break;
                case SchedulerEffect.CancelLoad cancel:
                    Assert.Contains(cancel.Profile, _loading.Keys);
                    _loading[cancel.Profile] = true;
                    break;
                case SchedulerEffect.Unload unload:
                    Assert.True(
                        !_pinned.ContainsKey(unload.Profile) || GivesWay(unload.Profile), $"{unload.Profile} is pinned and unloaded");
                    Assert.DoesNotContain(unload.Profile, _running.Values);
                    Assert.True(_loaded.Remove(unload.Profile), "unload of what is not loaded");
                    _unloading.Add(unload.Profile);
                    break;
                case SchedulerEffect.Grant grant:
                    Assert.Contains(grant.Profile, _loaded);
                    Assert.True(_waiting.Remove(grant.Request), "granted twice or after it left");
                    _running.Add(grant.Request, grant.Profile);
                    break;
                case SchedulerEffect.Refuse refuse:
                    Assert.True(_waiting.Remove(refuse.Request), "refused twice or after it left");
                    Assert.True(refuse.Reason is not Refusal.NeverFits || CannotFit(_arrivals[refuse.Request].Demand.Profile),
                        "refused for ever although it can fit");
                    if (refuse.Reason is Refusal.Moved && _arrivals.TryGetValue(refuse.Request, out var arrival))
                        movedOn.Add(arrival);
                    _arrivals.Remove(refuse.Request);
                    break;
            }
        }

        // What was lent is lent until it is back. Where an engine took more than was promised, as much is asked back as is too much.
        Assert.Equal(_lent.Values.Sum(), _scheduler.LentBytes);
        var left = _lent.Where(loan => !_askedBack.Contains(loan.Key) && _loaded.Contains(loan.Key)).Sum(loan => loan.Value);
        Assert.True(left == 0 || _scheduler.UsedBytes + left <= Budget, $"{_scheduler.UsedBytes} bytes used, and {left} lent for good");

        // A measurement may take more than was promised; then whoever may leave is leaving.
        Assert.Equal(Sum(_loading.Keys.Concat(_loaded).Concat(_unloading)), _scheduler.UsedBytes);
        Assert.True(_measured.Values.Any(IsLarger) || _scheduler.UsedBytes <= Budget, $"{_scheduler.UsedBytes} bytes used");
        var staying = _scheduler.Engines.Where(engine => engine.Phase is EnginePhase.Loading or EnginePhase.Ready).ToList();
        if (Sum(staying.Select(engine => engine.Profile)) > Budget)
        {
            Assert.DoesNotContain(
                staying, engine => engine is { Phase: EnginePhase.Ready, Requests: 0 } && !_pinned.ContainsKey(engine.Profile)
                && !_updates.Values.Any(update => update.Target.Profile == engine.Profile)
                && !MustStay(engine.Profile));
        }

        Assert.Equal(_waiting.Order(), _scheduler.Waiting.Select(waiting => waiting.Request).Order());
        Assert.All(_scheduler.Waiting, waiting => Assert.True(waiting.Deadline > DateTimeOffset.UnixEpoch));
        foreach (var pin in _pinned.Keys)
            Assert.True(_loaded.Contains(pin) || _scheduler.MissingPins.Any(missing => missing.Profile == pin),
                $"{pin} is pinned, not loaded and not reported");

        // Who is told to look again asks for the same or for the new build.
        foreach (var arrival in movedOn)
            Ask(_settling || _random.Next(2) == 0 ? arrival.Demand : _demands[_random.Next(_demands.Length)], arrival.Owner, null);
    }

    private bool IsLarger(EngineDemand measured) =>
        measured.ContextBytes > _demands.Single(demand => demand.Profile == measured.Profile).ContextBytes;

    private EngineDemand Known(string profile) =>
        _measured.GetValueOrDefault(profile) ?? _demands.Single(demand => demand.Profile == profile);

    /// <summary>Weights once, contexts each: written anew, so that a mistake in the ledger shows.</summary>
    private long Sum(IEnumerable<string> profiles)
    {
        var demands = profiles.Distinct().Select(Known).ToList();
        return demands.Sum(demand => demand.ContextBytes)
            + demands.GroupBy(demand => demand.Weights).Sum(group => group.Max(demand => demand.WeightsBytes));
    }

    /// <summary>What pins and updates reserve, with this one, is more than there is.</summary>
    private bool CannotFit(string profile) =>
        Sum(
        [
            .. _pinned.Keys.Where(pin => !GivesWay(pin)), .. _updates.Values.Select(update => update.Target.Profile), profile,
            .. _scheduler.Engines.Select(engine => engine.Profile).Where(other => MustStayFor(other, profile)),
        ]) > Budget;

    /// <summary>The build may be loaded beside that one only.</summary>
    private bool MustStayFor(string other, string profile) =>
        _updates.Values.Any(update => update.IsOnlyBeside && update.Target.Profile == profile) && MustStay(other);

    /// <summary>It serves a name that another build may take over beside it only.</summary>
    private bool MustStay(string other) =>
        _scheduler.Engines.Single(engine => engine.Profile == other).Owners.Any(owner => _updates.Values.Any(
            update => update.IsOnlyBeside && update.Target.Profile != other && update.Names.Contains(owner)));

    private sealed record Arrival(EngineDemand Demand, string Owner);

    private sealed record Update(EngineDemand Target, string[] Names)
    {
        internal long Lease { get; set; }

        /// <summary>What it replaces does not give way.</summary>
        internal bool IsOnlyBeside { get; init; }
    }

    private T Pick<T>(IEnumerable<T> items)
    {
        var list = items.ToList();
        return list[_random.Next(list.Count)];
    }
}
