using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Loading;
using ModelOps.Runtime.Variants;

namespace ModelOps.Runtime.Workers;

/// <summary>Loads engines into worker processes, one for each set of weights. This process never loads the engine's library.</summary>
public sealed partial class WorkerEngineLoader : IEngineLoader
{
    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<WorkerEngineLoader> _logger;
    private readonly VariantAdvice _advice;
    private readonly VariantTrials? _trials;
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    public WorkerEngineLoader(WorkerOptions options, TimeProvider time, ILogger<WorkerEngineLoader> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        var memory = WorkerNatives.Memory(options);
        _advice = WorkerNatives.Advice(options, memory);
        _trials = memory is null ? null : new VariantTrials(options, memory, IsIdle, time, logger);
    }

    /// <inheritdoc/>
    public ImmutableArray<EngineNatives> Natives => EngineSources.Describe(_options.NativeFolder);

    /// <inheritdoc/>
    public EngineNatives NativesFor(LoadProfile profile) =>
        EngineSources.Describe(_options.NativeFolder, sources => _advice.Choose(sources, profile));

    /// <inheritdoc/>
    public async Task<IEngine> LoadAsync(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        _trials?.Interrupt();
        var sources = EngineSources.Find(_options.NativeFolder);
        var key = _advice.KeyOf(sources, profile);
        var entry = Join(profile, _advice.Choose(sources, profile, key));
        try
        {
            var worker = await entry.Worker.WaitAsync(cancellationToken);
            var engine = await worker.LoadAsync(profile, entry.Choice, progress, cancellationToken);
            engine.Released = released => ReleaseAsync(entry, released);
            _trials?.Want(key, profile, engine.Facts);
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
        if (_trials is not null)
            await _trials.DisposeAsync();
        Entry[] entries;
        lock (_gate)
        {
            entries = [.. _entries];
            _entries.Clear();
        }

        await Task.WhenAll(entries.Select(StopAsync));
    }

    private bool IsIdle()
    {
        lock (_gate)
            return _entries.TrueForAll(entry => entry.Worker.IsCompletedSuccessfully && entry.Worker.Result.Requests.IsIdle);
    }

    /// <summary>The worker that hosts these weights with these libraries, or a new one.</summary>
    private Entry Join(LoadProfile profile, EngineChoice choice)
    {
        lock (_gate)
        {
            _entries.RemoveAll(entry => entry.IsGone);
            var entry = _entries.Find(
                known => SharedWeights.IsSameCopy(known.Profile, profile) && IsAble(known.Choice.Source, profile, choice));
            if (entry is null)
            {
                entry = new Entry(profile, choice, unwanted => StartAsync(choice, unwanted));
                _entries.Add(entry);
            }

            entry.Users++;
            return entry;
        }
    }

    /// <summary>Weights that are in memory are used there, though other libraries may have been measured to be faster since.</summary>
    private static bool IsAble(EngineSource source, LoadProfile profile, EngineChoice choice) =>
        source == choice.Source || (!profile.UsesTiles && profile.Architectures.All(source.Knows));

    private async Task<Worker> StartAsync(EngineChoice choice, CancellationToken cancellationToken)
    {
        var worker = await Worker.StartAsync(_options.On(choice), _time, cancellationToken);
        worker.Requests.Asked = _trials is { } trials ? trials.Interrupt : null;
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
