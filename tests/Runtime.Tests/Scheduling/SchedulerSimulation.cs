using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Tests.Scheduling;

/// <summary>Drives a scheduler with random events as a world of loads, crashes and clients would, and checks the invariants after each.</summary>
internal sealed class SchedulerSimulation
{
    private const long Budget = 1000;

    private readonly Random _random;
    private readonly Scheduler _scheduler;
    private readonly EngineDemand[] _demands;
    private readonly Dictionary<string, bool> _loading = new(StringComparer.Ordinal);
    private readonly HashSet<string> _loaded = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unloading = new(StringComparer.Ordinal);
    private readonly HashSet<long> _waiting = [];
    private readonly Dictionary<long, string> _running = [];
    private HashSet<string> _pinned = new(StringComparer.Ordinal);
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;
    private long _next;

    internal SchedulerSimulation(int seed)
    {
        _random = new Random(seed);
        _scheduler = new Scheduler(new SchedulerOptions { MemoryBudget = Budget, MaxLoadedWeights = _random.Next(0, 4), MaxQueue = 8 });
        _demands = [.. Enumerable.Range(0, 6).Select(index => new EngineDemand(
            $"profile{index}", $"weights{index / 2}", 100 * (1 + index / 2), 50 + 70 * index))];
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
        switch (_random.Next(12))
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
            default:
                Do(_scheduler.OnTick(_now));
                break;
        }
    }

    /// <summary>Everything that is under way ends well; then nobody may be left waiting and every pin that fits must serve.</summary>
    private void Settle()
    {
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

        Assert.Fail($"a pin that fits does not come into memory: {string.Join(", ", _scheduler.MissingPins)}; in memory: {string.Join(", ", _scheduler.Engines)}; next tick {_scheduler.NextTick - _now}");
    }

    private void EndWhatIsUnderWay()
    {
        for (var round = 0; _loading.Count + _unloading.Count + _running.Count > 0; round++)
        {
            Assert.True(round < 200, "loads and unloads without an end");
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
        var request = _next++;
        _waiting.Add(request);
        TimeSpan? keepAlive = _random.Next(3) switch { 0 => null, 1 => TimeSpan.Zero, _ => TimeSpan.FromMinutes(_random.Next(10)) };
        Do(_scheduler.OnRequest(request, _demands[_random.Next(_demands.Length)], $"owner{_random.Next(4)}", keepAlive, _now));
    }

    private void Finish(long request)
    {
        _running.Remove(request);
        _waiting.Remove(request);
        Do(_scheduler.OnFinished(request, _now));
    }

    private void EndLoad(string profile) => Load(profile, succeeds: !_loading[profile] && _random.Next(4) > 0);

    private void Load(string profile, bool succeeds)
    {
        if (!_loading.Remove(profile, out var cancelled))
            return;
        if (!succeeds || cancelled)
        {
            Do(_scheduler.OnLoadFailed(profile, new InvalidOperationException("injected"), _now));
            return;
        }

        _loaded.Add(profile);
        Do(_scheduler.OnLoaded(profile, _demands.Single(demand => demand.Profile == profile), _now));
    }

    private void EndUnload(string profile)
    {
        _unloading.Remove(profile);
        Do(_scheduler.OnUnloaded(profile, _now));
    }

    private void Crash(string profile)
    {
        _loaded.Remove(profile);
        var victims = _running.Where(run => run.Value == profile).Select(run => run.Key).ToList();
        victims.ForEach(request => _running.Remove(request));
        Do(_scheduler.OnEnded(profile, new InvalidOperationException("crashed"), _now));
        foreach (var request in victims)
            Finish(request);
    }

    private void RePin()
    {
        var pins = _demands.Where(_ => _random.Next(4) == 0).Select(demand => new Pin(demand, "pin-" + demand.Profile, _random.Next(3))).ToList();
        _pinned = [.. pins.Select(pin => pin.Demand.Profile)];
        Do(_scheduler.OnPins(pins, _now));
    }

    private void Do(IEnumerable<SchedulerEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case SchedulerEffect.Load load:
                    Assert.DoesNotContain(load.Demand.Profile, _loaded);
                    Assert.DoesNotContain(load.Demand.Profile, _unloading);
                    Assert.True(_loading.TryAdd(load.Demand.Profile, false), "double load");
                    break;
                case SchedulerEffect.CancelLoad cancel:
                    Assert.Contains(cancel.Profile, _loading.Keys);
                    _loading[cancel.Profile] = true;
                    break;
                case SchedulerEffect.Unload unload:
                    Assert.DoesNotContain(unload.Profile, _pinned);
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
                    break;
            }
        }

        Assert.True(_scheduler.UsedBytes <= Budget, $"{_scheduler.UsedBytes} bytes used");
        Assert.Equal(_waiting.Order(), _scheduler.Waiting.Select(waiting => waiting.Request).Order());
        Assert.All(_scheduler.Waiting, waiting => Assert.True(waiting.Deadline > DateTimeOffset.UnixEpoch));
        foreach (var pin in _pinned)
            Assert.True(_loaded.Contains(pin) || _scheduler.MissingPins.Any(missing => missing.Profile == pin), $"{pin} is pinned, not loaded and not reported");
    }

    private T Pick<T>(IEnumerable<T> items)
    {
        var list = items.ToList();
        return list[_random.Next(list.Count)];
    }
}
