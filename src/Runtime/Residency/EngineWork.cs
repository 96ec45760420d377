using System.Diagnostics;
using Microsoft.Extensions.Logging;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Residency;

/// <summary>
/// The long part of what a pool does: loading engines, freeing them, and waiting for their end. Each ends in one event, and none
/// throws.
/// </summary>
internal sealed partial class EngineWork(IEngineLoader loader, TimeProvider time, ILogger logger)
{
    /// <summary>Loads a profile; <paramref name="models"/> names it for people.</summary>
    internal async Task<PoolEvent> LoadAsync(
        EngineDemand demand, string models, bool isRestart, Activity? cause, CancellationToken cancellationToken)
    {
        Activity.Current = cause;
        var profile = demand.Load!;
        using var trace = RuntimeTraces.Start(isRestart ? "restart" : "load", profile.Weights);
        var started = time.GetTimestamp();
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            LogLoading(models);
            var engine = await loader.LoadAsync(profile, progress: null, cancellationToken);
            var loadTime = time.GetElapsedTime(started);
            LogLoaded(models, loadTime.TotalMilliseconds, engine.Facts.Memory.Total);
            if (engine.Facts.DraftProblem is { Length: > 0 } problem)
                LogDraft(models, problem);
            return new PoolEvent.Loaded(demand, new PooledEngine(engine, loadTime));
        }
#pragma warning disable CA1031 // Whatever it is, requests wait for this load and must hear of it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            // When the engine refuses weights, the weights are at fault: a stack trace would not help.
            if (error is EngineFailedException { WorkerDied: false })
                LogLoadRefused(models, error.Message);
            else if (error is not OperationCanceledException)
                LogLoadFailed(error, models);
            return new PoolEvent.LoadFailed(demand, error);
        }
    }

    /// <summary>Frees an engine.</summary>
    internal async Task<PoolEvent> UnloadAsync(
        string profile, string models, IEngine? engine, DateTimeOffset? evictedSince, Activity? cause)
    {
        Activity.Current = cause;
        using var trace = evictedSince is { } since ? RuntimeTraces.Start("evict", profile, since) : RuntimeTraces.Start("unload", profile);
        if (engine is not null)
            await DisposeAsync(models, engine);
        LogUnloaded(models);
        return new PoolEvent.Unloaded(profile, evictedSince is not null);
    }

    /// <summary>Disposes an engine; an error is only logged, since the caller cannot mend it.</summary>
    internal async Task DisposeAsync(string models, IEngine engine)
    {
        try
        {
            await engine.DisposeAsync();
        }
#pragma warning disable CA1031 // Its memory is counted as free all the same: a failed disposal must not keep others from loading.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogDisposalFailed(error, models);
        }
    }

    /// <summary>
    /// Lends memory to an engine, or asks it back; null when it died, which is told anyhow. Calls reach the engine in their order.
    /// </summary>
    internal static async Task<PoolEvent?> LendAsync(string profile, IEngine engine, long bytes)
    {
        try
        {
            await engine.LendAsync(bytes);
            return new PoolEvent.Lent(profile, engine, bytes);
        }
        catch (EngineFailedException)
        {
            return null;
        }
    }

    /// <summary>Waits for the death of an engine; null when it is disposed instead, or the pool is.</summary>
    internal static async Task<PoolEvent?> WatchAsync(string profile, PooledEngine loaded, CancellationToken stopping)
    {
        try
        {
            return await loaded.Engine.Ended.WaitAsync(stopping) is { } error ? new PoolEvent.Ended(profile, loaded, error) : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
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

    [LoggerMessage(LogLevel.Information, "Unloaded {Models}")]
    private partial void LogUnloaded(string models);

    [LoggerMessage(LogLevel.Error, "Freeing the engine of {Models} failed")]
    private partial void LogDisposalFailed(Exception error, string models);
}
