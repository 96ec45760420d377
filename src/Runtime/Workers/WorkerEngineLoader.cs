using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Loading;

namespace ModelOps.Runtime.Workers;

/// <summary>Loads engines into worker processes, one for each set of weights. This process never loads the engine's library.</summary>
public sealed partial class WorkerEngineLoader(WorkerOptions options, TimeProvider time, ILogger<WorkerEngineLoader> logger) : IEngineLoader
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <inheritdoc/>
    public ImmutableArray<EngineNatives> Natives => EngineSources.Describe(options.NativeFolder);

    /// <inheritdoc/>
    public EngineNatives NativesFor(EngineNeeds needs) =>
        EngineSources.Describe(options.NativeFolder, needs);

    /// <inheritdoc/>
    public async Task<IEngine> LoadAsync(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        var entry = Join(profile, WorkerNatives.For(options, profile.Needs));
        try
        {
            var worker = await entry.Worker.WaitAsync(cancellationToken);
            var engine = await worker.LoadAsync(profile, entry.Choice, progress, cancellationToken);
            engine.Released = released => ReleaseAsync(entry, released);
            return engine;
        }
        catch
        {
            await LeaveAsync(entry);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Entry[] entries;
        lock (_gate)
        {
            entries = [.. _entries];
            _entries.Clear();
        }

        await Task.WhenAll(entries.Select(StopAsync));
    }

    /// <summary>The worker that hosts these weights with these libraries, or a new one.</summary>
    private Entry Join(LoadProfile profile, EngineChoice choice)
    {
        lock (_gate)
        {
            _entries.RemoveAll(entry => entry.IsGone);
            var entry = _entries.Find(
                known => SharedWeights.IsSameCopy(known.Profile, profile) && known.Choice.Source == choice.Source);
            if (entry is null)
            {
                entry = new Entry(profile, choice, unwanted => StartAsync(choice, unwanted));
                _entries.Add(entry);
            }

            entry.Users++;
            return entry;
        }
    }

    private async Task<Worker> StartAsync(EngineChoice choice, CancellationToken cancellationToken)
    {
        var worker = await Worker.StartAsync(options.On(choice), time, cancellationToken);
        LogStarted(worker.ProcessId, choice.Source.Name, choice.Reason);
        _ = LogEndAsync(worker);
        return worker;
    }

    private async Task LogEndAsync(Worker worker)
    {
        if (await worker.Ended is { } error)
            LogDied(error, worker.ProcessId);
        else
            LogStopped(worker.ProcessId);
    }

    private async ValueTask ReleaseAsync(Entry entry, RemoteEngine engine)
    {
        engine.Released = null;
        engine.End(null);
        if (!await LeaveAsync(entry))
            await (await entry.Worker).UnloadAsync(engine);
    }

    /// <returns>True when no other engine used the worker, so that it was ended.</returns>
    private async Task<bool> LeaveAsync(Entry entry)
    {
        lock (_gate)
        {
            if (--entry.Users > 0)
                return false;

            _entries.Remove(entry);
        }

        await StopAsync(entry);
        return true;
    }

    private static async Task StopAsync(Entry entry)
    {
        try
        {
            await entry.DisposeAsync();
        }
        catch (Exception error) when (error is EngineFailedException or OperationCanceledException)
        {
            // It never started, or was not wanted any more; the caller that asked for it has the error already.
        }
    }

    [LoggerMessage(LogLevel.Information, "Started the worker {Worker} with the engine of {Source}: {Reason}")]
    private partial void LogStarted(int worker, string source, string reason);

    [LoggerMessage(LogLevel.Information, "Stopped the worker {Worker}")]
    private partial void LogStopped(int worker);

    [LoggerMessage(LogLevel.Error, "The worker {Worker} died")]
    private partial void LogDied(Exception error, int worker);

    private sealed class Entry : IAsyncDisposable
    {
        private readonly CancellationTokenSource _unwanted = new();

        internal Entry(LoadProfile profile, EngineChoice choice, Func<CancellationToken, Task<Worker>> start)
        {
            (Profile, Choice) = (profile, choice);
            Worker = start(_unwanted.Token);
        }

        internal LoadProfile Profile { get; }

        internal EngineChoice Choice { get; }

        internal Task<Worker> Worker { get; }

        internal int Users { get; set; }

        /// <summary>It failed to start or died: the next load gets a new one.</summary>
        internal bool IsGone => Worker.IsCompleted && (!Worker.IsCompletedSuccessfully || Worker.Result.Ended.IsCompleted);

        /// <summary>Ends the worker, even while it starts.</summary>
        public async ValueTask DisposeAsync()
        {
            await _unwanted.CancelAsync();
            await (await Worker).DisposeAsync();
            _unwanted.Dispose();
        }
    }
}
