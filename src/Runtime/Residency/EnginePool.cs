using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Residency;

/// <summary>Loads and unloads engines as the <see cref="Scheduler"/> decides, and hands loaded ones to requests.</summary>
/// <remarks>
/// Whatever is asked of it becomes an event for its <see cref="PoolLoop"/>. An idle loop takes the event at once, on the thread of the
/// caller; a busy one takes it after those that came before.
/// </remarks>
public sealed class EnginePool : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly EngineMetrics _metrics;
    private readonly PoolLoop _loop;

    /// <summary>Starts empty.</summary>
    public EnginePool(IEngineLoader loader, SchedulerOptions options, TimeProvider time, ILogger logger)
    {
        _time = time;
        _metrics = new EngineMetrics();
        _loop = new PoolLoop(this, new EngineWork(loader, time, logger), new Scheduler(options), _metrics, time, logger);
        _metrics.Observe(this);
    }

    /// <summary>Engines in memory or on their way.</summary>
    public ImmutableArray<EngineView> Engines => _loop.Read(static scheduler => scheduler.Engines);

    /// <summary>Pinned profiles that are not in memory, why, and how often loading failed in a row.</summary>
    public ImmutableArray<(string Profile, string Reason, int Failures)> MissingPins =>
        _loop.Read(static scheduler => scheduler.MissingPins);

    /// <summary>Engines that died several times in a row.</summary>
    public ImmutableArray<CrashLoop> CrashLoops => _loop.Read(static scheduler => scheduler.CrashLoops);

    /// <summary>Requests that wait for an engine, and what for.</summary>
    public ImmutableArray<WaitingView> Waiting => _loop.Read(static scheduler => scheduler.Waiting);

    /// <summary>Bytes held or promised.</summary>
    public long UsedBytes => _loop.Read(static scheduler => scheduler.UsedBytes);

    /// <summary>Bytes beside those that engines may use for chats set aside, until somebody needs them.</summary>
    public long LentBytes => _loop.Read(static scheduler => scheduler.LentBytes);

    /// <summary>Bytes that may be held.</summary>
    public long BudgetBytes => _loop.Read(static scheduler => scheduler.BudgetBytes);

    /// <summary>Called after a profile came into memory, while the request for it still waits. Must be quick and not throw.</summary>
    internal Action<string, IEngine>? Loaded { get; init; }

    /// <summary>
    /// Called after an engine came, left or died, with the names whose replaced build has left; before the next event, and outside the turn
    /// of the loop. Must be quick and not throw.
    /// </summary>
    internal Action<ImmutableArray<string>>? Changed { get; init; }

    /// <summary>The engine of a profile when it is in memory.</summary>
    public IEngine? Find(string profile) => _loop.Find(profile);

    /// <summary>Waits for an engine; the lease must be disposed when the request ends.</summary>
    /// <param name="demand">What to load, with its estimated bytes.</param>
    /// <param name="claim">The name that asks, and what that means for the engine's stay.</param>
    /// <param name="cancellationToken">Leaves the queue; a load that no other request waits for is aborted.</param>
    /// <exception cref="EngineRefusedException">Queue full, does not fit, load failed, waited too long, or the pool is
    /// disposed.</exception>
    public async Task<EngineLease> AcquireAsync(EngineDemand demand, EngineClaim claim, CancellationToken cancellationToken)
    {
        using var trace = RuntimeTraces.Start("queue", claim.Owner);
        var started = _time.GetTimestamp();
        var ticket = new EngineTicket(demand, claim);
        _loop.Ask(ticket);
        var lease = await WaitAsync(ticket, cancellationToken);
        _metrics.Granted(_time.GetElapsedTime(started));
        return lease;
    }

    /// <summary>A new build is about to take over names: see <see cref="Scheduler.OnHandover"/>.</summary>
    internal void BeginHandover(Handover handover) => _loop.Post(new PoolEvent.HandoverBegun(handover));

    /// <summary>It took them over, or did not.</summary>
    /// <returns>How long nothing answered for the names; null when something did.</returns>
    internal Task<TakeoverPause?> EndHandoverAsync(string warm, ImmutableArray<string> moved)
    {
        var ended = new PoolEvent.HandoverEnded(warm, moved);
        return _loop.Post(ended) ? ended.Pause.Task : Task.FromResult<TakeoverPause?>(null);
    }

    /// <summary>Replaces the pinned profiles.</summary>
    public void SetPins(IEnumerable<Pin> pins) => _loop.Post(new PoolEvent.Pinned([.. pins]));

    /// <summary>Lets a name leave memory when its last request ends.</summary>
    public void RequestUnload(string owner) => _loop.Post(new PoolEvent.UnloadRequested(owner));

    /// <summary>Lets engines that hold a file leave after their last request, pinned or not.</summary>
    internal void DropFile(string path) => _loop.Post(new PoolEvent.FileDropped(path));

    /// <summary>Unloads everything. Requests that still wait are refused.</summary>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        _metrics.Dispose();
    }

    internal void Finish(long request) => _loop.Post(new PoolEvent.Finished(request));

    private async Task<EngineLease> WaitAsync(EngineTicket ticket, CancellationToken cancellationToken)
    {
        if (ticket.Granted.Task.IsCompleted)
            return await ticket.Granted.Task;

        await using var registration = cancellationToken.Register(() =>
        {
            if (ticket.Granted.TrySetCanceled(cancellationToken))
                _loop.Post(new PoolEvent.GivenUp(ticket));
        });
        return await ticket.Granted.Task;
    }
}
