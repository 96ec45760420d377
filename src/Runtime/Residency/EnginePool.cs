using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Residency;

/// <summary>Carries out what the <see cref="Scheduler"/> decides: loads, unloads, and hands loaded engines to requests.</summary>
/// <remarks>The scheduler is only touched under one lock that is never held across a wait.</remarks>
public sealed partial class EnginePool : IAsyncDisposable
{
    private const int MostDied = 64;

    private readonly IEngineLoader _loader;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Scheduler _scheduler;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly ConcurrentDictionary<string, LoadedEngine> _engines = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _loads = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _evicted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _died = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, Ticket> _requests = new();
    private readonly ConcurrentDictionary<Task, byte> _background = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly EngineMetrics _metrics;
    private long _nextRequest;

    /// <summary>Starts empty.</summary>
    public EnginePool(IEngineLoader loader, SchedulerOptions options, TimeProvider time, ILogger logger)
    {
        _loader = loader;
        _time = time;
        _logger = logger;
        _scheduler = new Scheduler(options);
        _metrics = new EngineMetrics(this);
        _timer = time.CreateTimer(_ => Apply(static (scheduler, now) => scheduler.OnTick(now)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Engines in memory or on their way.</summary>
    public ImmutableArray<EngineView> Engines => Read(static scheduler => scheduler.Engines);

    /// <summary>Pinned profiles that are not in memory, why, and how often loading failed in a row.</summary>
    public ImmutableArray<(string Profile, string Reason, int Failures)> MissingPins => Read(static scheduler => scheduler.MissingPins);

    /// <summary>Engines that died several times in a row.</summary>
    public ImmutableArray<CrashLoop> CrashLoops => Read(static scheduler => scheduler.CrashLoops);

    /// <summary>Requests that wait for an engine, and what for.</summary>
    public ImmutableArray<WaitingView> Waiting => Read(static scheduler => scheduler.Waiting);

    /// <summary>Bytes held or promised.</summary>
    public long UsedBytes => Read(static scheduler => scheduler.UsedBytes);

    /// <summary>Bytes that may be held.</summary>
    public long BudgetBytes => Read(static scheduler => scheduler.BudgetBytes);

    /// <summary>Called after a profile came into memory, before anybody waits for it any longer. Must be quick and not throw.</summary>
    internal Action<string, IEngine>? Loaded { get; init; }

    /// <summary>The engine of a profile when it is in memory.</summary>
    public IEngine? Find(string profile) => _engines.GetValueOrDefault(profile)?.Engine;

    /// <summary>Waits for an engine; the lease must be disposed when the request ends.</summary>
    /// <param name="demand">What to load, with its estimated bytes.</param>
    /// <param name="claim">For whom.</param>
    /// <param name="cancellationToken">Leaves the queue; a load that nobody else waits for is aborted.</param>
    /// <exception cref="EngineRefusedException">Queue full, does not fit, load failed, or waited too long.</exception>
    public async Task<EngineLease> AcquireAsync(EngineDemand demand, EngineClaim claim, CancellationToken cancellationToken)
    {
        using var trace = RuntimeTraces.Start("queue", claim.Owner);
        var started = _time.GetTimestamp();
        var ticket = new Ticket(demand, claim, new TaskCompletionSource<EngineLease>(TaskCreationOptions.RunContinuationsAsynchronously));

        // An engine whose death is known, and not yet reported, is nothing to be granted.
        if (_engines.TryGetValue(demand.Profile, out var loaded) && loaded.Engine.Ended is { IsCompletedSuccessfully: true, Result: { } error })
            Bury(demand.Profile, loaded, error);
        Submit(ticket);
        var lease = await WaitAsync(ticket, cancellationToken);
        _metrics.Granted(_time.GetElapsedTime(started));
        return lease;
    }

    /// <summary>A new build is about to take over names: see <see cref="Scheduler.OnHandover"/>.</summary>
    internal void BeginHandover(string warm, EngineDemand target, ImmutableArray<string> names, bool drainFirst) =>
        Apply((scheduler, now) => scheduler.OnHandover(warm, target, names, drainFirst, now));

    /// <summary>It took them over, or did not.</summary>
    internal void EndHandover(string warm, ImmutableArray<string> moved) => Apply((scheduler, now) => scheduler.OnHandoverEnded(warm, moved, now));

    /// <summary>Replaces the pinned profiles.</summary>
    public void SetPins(IEnumerable<Pin> pins)
    {
        var list = pins.ToImmutableArray();
        Apply((scheduler, now) => scheduler.OnPins(list, now));
    }

    /// <summary>Lets a name leave memory when its last request ends.</summary>
    public void RequestUnload(string owner) => Apply((scheduler, now) => scheduler.OnUnloadRequested(owner, now));

    /// <summary>Unloads everything. Requests that still wait are refused.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        await _timer.DisposeAsync();
        foreach (var ticket in _requests.Values)
            ticket.Granted.TrySetException(new EngineRefusedException(new Refusal.LoadFailed(new EngineFailedException("the server is shutting down"))));
        await Task.WhenAll(_background.Keys);
        foreach (var engine in _engines.Values)
            await engine.Engine.DisposeAsync();
        _engines.Clear();
        _metrics.Dispose();
        _stopping.Dispose();
    }

    internal void Finish(long request)
    {
        _requests.TryRemove(request, out _);
        Apply((scheduler, now) => scheduler.OnFinished(request, now));
    }

    private async Task<EngineLease> WaitAsync(Ticket ticket, CancellationToken cancellationToken)
    {
        if (ticket.Granted.Task.IsCompleted)
            return await ticket.Granted.Task;

        await using var registration = cancellationToken.Register(() =>
        {
            if (ticket.Granted.TrySetCanceled(cancellationToken))
                Finish(ticket.Request);
        });
        return await ticket.Granted.Task;
    }

    private void Submit(Ticket ticket)
    {
        var request = ticket.Request = Interlocked.Increment(ref _nextRequest);
        _requests[request] = ticket;
        Apply((scheduler, now) => scheduler.OnRequest(request, ticket.Demand, ticket.Claim, now));
    }

    private T Read<T>(Func<Scheduler, T> read)
    {
        lock (_gate)
            return read(_scheduler);
    }

    private void Apply(Func<Scheduler, DateTimeOffset, ImmutableArray<SchedulerEffect>> change)
    {
        if (_stopping.IsCancellationRequested)
            return;
        ImmutableArray<SchedulerEffect> effects;
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            effects = change(_scheduler, now);
            ArmTimer(now);
        }

        foreach (var effect in effects)
            CarryOut(effect);
    }

    private void ArmTimer(DateTimeOffset now)
    {
        var wait = _scheduler.NextTick - now;
        // A timer takes at most 49 days; it is armed again by the tick.
        _timer.Change(
            wait < TimeSpan.Zero ? TimeSpan.Zero : wait > TimeSpan.FromDays(40) ? TimeSpan.FromDays(40) : wait + TimeSpan.FromMilliseconds(1),
            Timeout.InfiniteTimeSpan);
    }

    private void CarryOut(SchedulerEffect effect)
    {
        switch (effect)
        {
            case SchedulerEffect.Load load:
                Run(LoadAsync(load.Demand));
                break;
            case SchedulerEffect.CancelLoad cancel:
                if (_loads.TryGetValue(cancel.Profile, out var loading))
                    loading.Cancel();
                break;
            case SchedulerEffect.Evict evict:
                _evicted[evict.Profile] = _time.GetUtcNow();
                LogEvicted(ModelsOf(evict.Profile));
                break;
            case SchedulerEffect.Unload unload:
                Run(UnloadAsync(unload.Profile));
                break;
            case SchedulerEffect.Grant grant:
                Grant(grant);
                break;
            case SchedulerEffect.Refuse refuse:
                _metrics.Refused(refuse.Reason);
                if (_requests.TryRemove(refuse.Request, out var refused))
                    refused.Granted.TrySetException(new EngineRefusedException(refuse.Reason));
                break;
        }
    }

    private void Grant(SchedulerEffect.Grant grant)
    {
        if (!_requests.TryGetValue(grant.Request, out var ticket))
            return;
        if (_engines.TryGetValue(grant.Profile, out var engine))
        {
            var lease = new EngineLease(this, grant.Request, engine.Engine, engine.LoadTime);
            // The caller may have given up between the decision and here; then nobody else will return the grant.
            if (!ticket.Granted.TrySetResult(lease))
                Finish(grant.Request);
            return;
        }

        // It died between the decision and here. Nobody used it yet: the request asks again.
        Finish(grant.Request);
        if (ticket.Granted.Task.IsCompleted)
            return;
        Submit(ticket);
        if (ticket.Granted.Task.IsCanceled)
            Finish(ticket.Request);
    }

    private async Task LoadAsync(EngineDemand demand)
    {
        await Task.Yield();
        using var trace = RuntimeTraces.Start(_died.TryRemove(demand.Profile, out _) ? "restart" : "load", demand.Load!.Weights);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        _loads[demand.Profile] = cancel;
        var started = _time.GetTimestamp();
        try
        {
            LogLoading(ModelsOf(demand.Profile));
            var engine = await _loader.LoadAsync(demand.Load!, progress: null, cancel.Token);
            var loadTime = _time.GetElapsedTime(started);
            var loaded = new LoadedEngine(engine, loadTime);
            _engines[demand.Profile] = loaded;
            _metrics.Loaded(loadTime);
            Loaded?.Invoke(demand.Profile, engine);
            var memory = engine.Facts.Memory;
            LogLoaded(ModelsOf(demand.Profile), loadTime.TotalMilliseconds, memory.Total);
            if (engine.Facts.DraftProblem is { Length: > 0 } problem)
                LogDraft(ModelsOf(demand.Profile), problem);
            Apply((scheduler, now) => scheduler.OnLoaded(
                demand.Profile, demand with { WeightsBytes = memory.Weights, ContextBytes = memory.Total - memory.Weights }, now));
            Run(WatchAsync(demand.Profile, loaded));
        }
        catch (Exception error) when (error is EngineFailedException or EngineUnavailableException or OperationCanceledException)
        {
            _metrics.LoadFailed(error);
            // Weights that the engine refuses are whoever's brought them: there is nothing to look for in here.
            if (error is EngineFailedException { WorkerDied: false })
                LogLoadRefused(ModelsOf(demand.Profile), error.Message);
            else if (error is not OperationCanceledException)
                LogLoadFailed(error, ModelsOf(demand.Profile));
            Apply((scheduler, now) => scheduler.OnLoadFailed(demand.Profile, error, now));
        }
        finally
        {
            _loads.TryRemove(demand.Profile, out _);
        }
    }

    private async Task UnloadAsync(string profile)
    {
        await Task.Yield();
        var models = ModelsOf(profile);
        var isEvicted = _evicted.TryRemove(profile, out var since);
        using var trace = isEvicted ? RuntimeTraces.Start("evict", profile, since) : RuntimeTraces.Start("unload", profile);
        if (_engines.TryRemove(profile, out var engine))
            await engine.Engine.DisposeAsync();
        _metrics.Unloaded(isEvicted);
        LogUnloaded(models);
        Apply((scheduler, now) => scheduler.OnUnloaded(profile, now));
        if (_engines.IsEmpty && Read(static scheduler => scheduler.Engines.IsEmpty))
            SpareMemory.GiveBack();
    }

    /// <summary>Tells the scheduler when an engine dies. A disposal ends the watch without a word.</summary>
    private async Task WatchAsync(string profile, LoadedEngine loaded)
    {
        try
        {
            if (await loaded.Engine.Ended.WaitAsync(_stopping.Token) is { } error)
                Bury(profile, loaded, error);
        }
        catch (OperationCanceledException)
        {
            // The pool goes, and its engines with it.
        }
    }

    /// <summary>Takes a dead engine out, once, whoever sees it first. Under the lock, so that the scheduler never grants what is not there.</summary>
    private void Bury(string profile, LoadedEngine loaded, EngineFailedException error)
    {
        var (buried, models) = (false, ModelsOf(profile));
        Apply((scheduler, now) =>
        {
            buried = _engines.TryRemove(KeyValuePair.Create(profile, loaded));
            if (!buried)
                return [];
            Remember(profile);
            return scheduler.OnEnded(profile, error, now);
        });
        if (!buried)
            return;
        _evicted.TryRemove(profile, out _);
        _metrics.Died();
        LogEnded(error, models);
        Run(loaded.Engine.DisposeAsync().AsTask());
    }

    /// <summary>Whose engine it is, for the log; the profile itself when nobody's name is known any more.</summary>
    private string ModelsOf(string profile)
    {
        var owners = Engines.FirstOrDefault(engine => engine.Profile == profile)?.Owners ?? [];
        var names = owners.Select(owner => ModelName.TryParse(owner, out var name) ? name.PlainName : owner);
        return owners.IsEmpty ? profile : string.Join(", ", names.Distinct(StringComparer.Ordinal));
    }

    /// <summary>Its next load is a restart. Few engines die and never come back, so those are forgotten together.</summary>
    private void Remember(string died)
    {
        if (_died.Count >= MostDied)
            _died.Clear();
        _died[died] = 0;
    }

    private void Run(Task task)
    {
        _background[task] = 0;
        _ = task.ContinueWith(done => _background.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    [LoggerMessage(LogLevel.Information, "Loading {Models}")]
    private partial void LogLoading(string models);

    [LoggerMessage(LogLevel.Information, "Loaded {Models} in {Milliseconds:F0} ms, {Bytes} bytes")]
    private partial void LogLoaded(string models, double milliseconds, long bytes);

    [LoggerMessage(LogLevel.Warning, "{Models} is served without its draft model: {Problem}")]
    private partial void LogDraft(string models, string problem);

    [LoggerMessage(LogLevel.Warning, "Loading {Models} failed: {Reason}")]
    private partial void LogLoadRefused(string models, string reason);

    [LoggerMessage(LogLevel.Error, "Loading {Models} failed")]
    private partial void LogLoadFailed(Exception error, string models);

    [LoggerMessage(LogLevel.Information, "Evicting {Models}: others need its memory")]
    private partial void LogEvicted(string models);

    [LoggerMessage(LogLevel.Information, "Unloaded {Models}")]
    private partial void LogUnloaded(string models);

    [LoggerMessage(LogLevel.Error, "The engine of {Models} ended")]
    private partial void LogEnded(Exception error, string models);

    private sealed record LoadedEngine(IEngine Engine, TimeSpan LoadTime);

    /// <summary>A request and what it asked for; it may ask again under another number.</summary>
    private sealed class Ticket(EngineDemand demand, EngineClaim claim, TaskCompletionSource<EngineLease> granted)
    {
        private long _request;

        internal EngineDemand Demand => demand;

        internal EngineClaim Claim => claim;

        internal TaskCompletionSource<EngineLease> Granted => granted;

        internal long Request
        {
            get => Volatile.Read(ref _request);
            set => Volatile.Write(ref _request, value);
        }
    }
}
