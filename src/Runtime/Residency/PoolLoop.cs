using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Residency;

/// <summary>
/// One channel of events and one reader: each event is put to the <see cref="Scheduler"/>, and what that decides is carried out in order
/// before the next event. Whatever takes long is begun here, and its end is an event.
/// </summary>
internal sealed partial class PoolLoop : IAsyncDisposable
{
    /// <summary>Few engines die and never come back, so those are forgotten together.</summary>
    private const int MostDied = 64;

    /// <summary>A timer takes at most 49 days; the tick arms it again.</summary>
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(40);

    private readonly EnginePool _pool;
    private readonly EngineWork _work;
    private readonly Scheduler _scheduler;
    private readonly EngineMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private volatile string _refusal = "the server is shutting down";
    private int _disposed;

    /// <summary>
    /// The channel has no bound, but a waiting request has at most two events in it, an engine three. An idle loop runs on the thread that
    /// posts, so that a request for a loaded engine is granted without a change of thread.
    /// </summary>
    private readonly Channel<PoolEvent> _events =
        Channel.CreateUnbounded<PoolEvent>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    /// <summary>Held by the loop for one event. Readers take it between two events.</summary>
    private readonly Lock _turn = new();

    // The state of the loop, touched within a turn.
    private readonly Dictionary<string, PooledEngine> _engines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CancellationTokenSource> _loads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _evicted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _died = new(StringComparer.Ordinal);
    private readonly Dictionary<long, EngineTicket> _waiting = [];
    private readonly Queue<SchedulerEffect> _effects = new();
    private readonly BegunWork _begun;
    private readonly MemoryNews _news = new();
    private int _drainsBegun;
    private long _lastRequest;

    internal PoolLoop(EnginePool pool, EngineWork work, Scheduler scheduler, EngineMetrics metrics, TimeProvider time, ILogger logger)
    {
        _pool = pool;
        _work = work;
        _scheduler = scheduler;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _begun = new BegunWork(HearAsync);
        _timer = time.CreateTimer(_ => Post(new PoolEvent.Ticked()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Looks at the scheduler between two events.</summary>
    internal T Read<T>(Func<Scheduler, T> read)
    {
        lock (_turn)
            return read(_scheduler);
    }

    internal IEngine? Find(string profile)
    {
        lock (_turn)
            return _engines.GetValueOrDefault(profile)?.Engine;
    }

    /// <summary>Hands an event to the loop. False when the loop has ended.</summary>
    internal bool Post(PoolEvent item) => _events.Writer.TryWrite(item);

    /// <summary>Hands a request to the loop, which answers its ticket.</summary>
    internal void Ask(EngineTicket ticket)
    {
        if (!Post(new PoolEvent.Requested(ticket)))
            RefuseAtEnd(ticket);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stopping.CancelAsync();
        _events.Writer.TryComplete();
        await _running;
        await _timer.DisposeAsync();

        // The loop has ended and nothing is begun any more; what was begun ends, and an engine that it brings is disposed at once.
        await _begun.EndAsync();
        foreach (var (profile, loaded) in _engines)
            await _work.DisposeAsync(profile, loaded.Engine);
        foreach (var load in _loads.Values)
            load.Dispose();
        lock (_turn)
            _engines.Clear();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _events.Reader.WaitToReadAsync())
            {
                while (_events.Reader.TryRead(out var item))
                {
                    lock (_turn)
                        Take(item);
                    _news.Tell(_pool.Changed);
                }
            }
        }
#pragma warning disable CA1031 // A fault of ours must end in refusals, not in requests that wait for a loop that is gone.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogBroken(error);
            _refusal = "engines cannot be loaded any more after a fault of the server; restart it";
            _events.Writer.TryComplete();
            lock (_turn)
            {
                while (_events.Reader.TryRead(out var item))
                    TakeLate(item);
            }
        }

        foreach (var ticket in _waiting.Values)
            RefuseAtEnd(ticket);
    }

    private void Take(PoolEvent item)
    {
        if (_stopping.IsCancellationRequested)
        {
            TakeLate(item);
            return;
        }

        var now = _time.GetUtcNow();
        Queue(Decide(item, now));
        while (_effects.TryDequeue(out var effect))
            CarryOut(effect, now, item.Cause);
        if (_drainsBegun != _scheduler.DrainsBegun)
        {
            _drainsBegun = _scheduler.DrainsBegun;
            _news.Add();
        }

        ArmTimer(now);
    }

    /// <summary>After the end nothing is decided: requests are refused, and an engine that comes is disposed with the others.</summary>
    private void TakeLate(PoolEvent item)
    {
        if (item is PoolEvent.Requested { Ticket: var ticket })
            RefuseAtEnd(ticket);
        else if (item is PoolEvent.HandoverEnded ended)
            ended.Pause.TrySetResult(null);
        else if (item is PoolEvent.Loaded { Demand.Profile: var profile, Engine: var engine })
            _engines[profile] = engine;
    }

    private ImmutableArray<SchedulerEffect> Decide(PoolEvent item, DateTimeOffset now)
    {
        switch (item)
        {
            case PoolEvent.Requested { Ticket: var ticket }:
                return Enter(ticket, now);
            case PoolEvent.GivenUp { Ticket.Request: var request }:
                return _waiting.Remove(request) ? _scheduler.OnFinished(request, now) : [];
            case PoolEvent.Finished { Request: var request }:
                return _scheduler.OnFinished(request, now);
            case PoolEvent.Pinned { Pins: var pins }:
                return _scheduler.OnPins(pins, now);
            case PoolEvent.HandoverBegun begun:
                return _scheduler.OnHandover(begun.Handover, now);
            case PoolEvent.HandoverEnded ended:
                ended.Pause.TrySetResult(_scheduler.PauseOf(ended.Warm, now));
                return _scheduler.OnHandoverEnded(ended.Warm, ended.Moved, now);
            case PoolEvent.UnloadRequested { Owner: var owner }:
                return _scheduler.OnUnloadRequested(owner, now);
            case PoolEvent.FileDropped { Path: var path }:
                return _scheduler.OnFileDropped(path, now);
            case PoolEvent.Loaded loaded:
                return Keep(loaded, now);
            case PoolEvent.LoadFailed failed:
                EndLoad(failed.Demand.Profile);
                _metrics.LoadFailed(failed.Error);
                return _scheduler.OnLoadFailed(failed.Demand.Profile, failed.Error, now);
            case PoolEvent.Unloaded unloaded:
                return Forget(unloaded, now);
            case PoolEvent.Ended ended:
                return Bury(ended.Profile, ended.Engine, ended.Error, now);
            case PoolEvent.Lent lent:
                return ReferenceEquals(_engines.GetValueOrDefault(lent.Profile)?.Engine, lent.Engine)
                    ? _scheduler.OnLent(lent.Profile, lent.Bytes, now)
                    : [];
            case PoolEvent.Ticked:
                return _scheduler.OnTick(now);
            default:
                throw new UnreachableException();
        }
    }

    private ImmutableArray<SchedulerEffect> Enter(EngineTicket ticket, DateTimeOffset now)
    {
        // An engine whose death is known, and not reported yet, cannot be granted.
        if (_engines.TryGetValue(ticket.Demand.Profile, out var loaded) && loaded.Death is { } error)
            Queue(Bury(ticket.Demand.Profile, loaded, error, now));
        ticket.Request = ++_lastRequest;
        _waiting.Add(ticket.Request, ticket);
        return _scheduler.OnRequest(ticket.Request, ticket.Demand, ticket.Claim, now);
    }

    private ImmutableArray<SchedulerEffect> Keep(PoolEvent.Loaded loaded, DateTimeOffset now)
    {
        var profile = loaded.Demand.Profile;
        EndLoad(profile);
        _engines.Add(profile, loaded.Engine);
        _news.Add();
        _pool.Loaded?.Invoke(profile, loaded.Engine.Engine);
        _begun.Begin(EngineWork.WatchAsync(profile, loaded.Engine, _stopping.Token));
        var memory = loaded.Engine.Engine.Facts.Memory;
        _metrics.Loaded(loaded.Engine.LoadTime, memory.Total, loaded.Demand.WeightsBytes + loaded.Demand.ContextBytes);
        return _scheduler.OnLoaded(
            profile, loaded.Demand with
            {
                WeightsBytes = memory.Weights,
                ContextBytes = memory.Total - memory.Weights,
                MostLent = loaded.Demand.Load?.PrefixTokens == LoadProfile.AsLent && memory.Gpu == 0 ? memory.KeyValueCache : 0,
            },
            now);
    }

    private ImmutableArray<SchedulerEffect> Forget(PoolEvent.Unloaded unloaded, DateTimeOffset now)
    {
        _metrics.Unloaded(unloaded.IsEvicted);
        var effects = _scheduler.OnUnloaded(unloaded.Profile, now);
        if (_scheduler.Engines.IsEmpty)
            _begun.Track(Task.Run(SpareMemory.GiveBack));
        return effects;
    }

    /// <summary>Takes a dead engine out, once, however often its death is reported. Its next load is a restart.</summary>
    private ImmutableArray<SchedulerEffect> Bury(string profile, PooledEngine loaded, EngineFailedException error, DateTimeOffset now)
    {
        if (!ReferenceEquals(_engines.GetValueOrDefault(profile), loaded))
            return [];
        _engines.Remove(profile);
        _news.Add();
        _evicted.Remove(profile);
        if (_died.Count >= MostDied)
            _died.Clear();
        _died.Add(profile);
        _metrics.Died();
        var models = _scheduler.ModelsOf(profile);
        LogEnded(error, models);
        _begun.Track(Task.Run(() => _work.DisposeAsync(models, loaded.Engine)));
        return _scheduler.OnEnded(profile, error, now);
    }

    private void CarryOut(SchedulerEffect effect, DateTimeOffset now, Activity? cause)
    {
        switch (effect)
        {
            case SchedulerEffect.Load { Demand: var demand }:
                Load(demand, cause);
                break;
            case SchedulerEffect.CancelLoad { Profile: var profile }:
                // On another thread: a loader may do much when it is cancelled.
                if (_loads.TryGetValue(profile, out var load))
                    _begun.Track(load.CancelAsync());
                break;
            case SchedulerEffect.Evict { Profile: var profile }:
                _evicted[profile] = now;
                LogEvicted(_scheduler.ModelsOf(profile));
                break;
            case SchedulerEffect.Unload { Profile: var profile }:
                Unload(profile, cause);
                break;
            case SchedulerEffect.Lend { Profile: var profile, Bytes: var bytes }:
                if (_engines.TryGetValue(profile, out var borrower))
                    _begun.Begin(EngineWork.LendAsync(profile, borrower.Engine, bytes));
                break;
            case SchedulerEffect.Grant grant:
                Grant(grant, now);
                break;
            case SchedulerEffect.Refuse refuse:
                _metrics.Refused(refuse.Reason);
                if (_waiting.Remove(refuse.Request, out var refused))
                    refused.Granted.TrySetException(new EngineRefusedException(refuse.Reason));
                break;
        }
    }

    private void Load(EngineDemand demand, Activity? cause)
    {
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        _loads.Add(demand.Profile, cancel);
        var isRestart = _died.Remove(demand.Profile);
        var (models, token) = (_scheduler.ModelsOf(demand.Profile), cancel.Token);
        _begun.Begin(Task.Run(() => _work.LoadAsync(demand, models, isRestart, cause, token), CancellationToken.None)!);
    }

    private void EndLoad(string profile)
    {
        if (_loads.Remove(profile, out var load))
            load.Dispose();
    }

    private void Unload(string profile, Activity? cause)
    {
        _engines.Remove(profile, out var loaded);
        _news.Add(_scheduler.ReplacedOn(profile).AsSpan());
        DateTimeOffset? since = _evicted.Remove(profile, out var evicted) ? evicted : null;
        var models = _scheduler.ModelsOf(profile);
        _begun.Begin(Task.Run(() => _work.UnloadAsync(profile, models, loaded?.Engine, since, cause), CancellationToken.None)!);
    }

    private void Grant(SchedulerEffect.Grant grant, DateTimeOffset now)
    {
        // A request that gave up between the decision and here cannot return the lease.
        var engine = _engines[grant.Profile];
        var lease = new EngineLease(_pool, grant.Request, engine.Engine, engine.LoadTime);
        if (!_waiting.Remove(grant.Request, out var ticket) || !ticket.Granted.TrySetResult(lease))
            Queue(_scheduler.OnFinished(grant.Request, now));
    }

    private void Queue(ImmutableArray<SchedulerEffect> effects)
    {
        foreach (var effect in effects)
            _effects.Enqueue(effect);
    }

    /// <summary>An engine that comes after the loop has ended is of no use.</summary>
    private async ValueTask HearAsync(PoolEvent end)
    {
        if (!Post(end) && end is PoolEvent.Loaded loaded)
            await _work.DisposeAsync(loaded.Demand.Profile, loaded.Engine.Engine);
    }

    private void ArmTimer(DateTimeOffset now)
    {
        var wait = _scheduler.NextTick - now;
        var due = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > s_longestTimer ? s_longestTimer : wait + TimeSpan.FromMilliseconds(1);
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private void RefuseAtEnd(EngineTicket ticket) =>
        ticket.Granted.TrySetException(new EngineRefusedException(new Refusal.LoadFailed(new EngineFailedException(_refusal))));

    [LoggerMessage(LogLevel.Information, "Evicting {Models}: others need its memory")]
    private partial void LogEvicted(string models);

    [LoggerMessage(LogLevel.Error, "The engine of {Models} ended")]
    private partial void LogEnded(Exception error, string models);

    [LoggerMessage(LogLevel.Critical, "The loop that loads engines ended; restart the server")]
    private partial void LogBroken(Exception error);
}
