using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Gguf;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Native;
using ModelOps.Runtime.Variants;

namespace ModelOps.Runtime.Workers;

/// <summary>
/// Measures which variant of the libraries suits the models that were loaded, while nothing is asked of them: each variant times one layer
/// in a worker of its own. A request ends the measurement at once, and it is begun anew later.
/// </summary>
internal sealed partial class VariantTrials : IAsyncDisposable
{
    private const string LayerFile = "variant-layer.gguf";
    private const long LargestLayer = 1L << 30;
    private const int LooksWhileQuiet = 6;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(3);

    private readonly WorkerOptions _options;
    private readonly VariantMemory _memory;
    private readonly Func<bool> _isIdle;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ProcessorUse _use = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LoadProfile> _wanted = [];
    private readonly CancellationTokenSource _end = new();
    private CancellationTokenSource? _running;
    private Task _work = Task.CompletedTask;
    private long _lastBusy;

    /// <param name="options">How workers are started; its <see cref="WorkerOptions.VariantFile"/> is not null.</param>
    /// <param name="memory">Where judgements are kept.</param>
    /// <param name="isIdle">Whether no worker has anything to do.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Hears of judgements.</param>
    internal VariantTrials(WorkerOptions options, VariantMemory memory, Func<bool> isIdle, TimeProvider time, ILogger logger)
    {
        (_options, _memory, _isIdle, _time, _logger) = (options, memory, isIdle, time, logger);
        _lastBusy = time.GetTimestamp();
    }

    /// <summary>A model came into memory: which variant suits it is measured when there is time, unless that is known.</summary>
    /// <param name="key">What its judgement is kept by; null when it is never measured.</param>
    /// <param name="profile">How it was loaded.</param>
    /// <param name="facts">What it came to.</param>
    internal void Want(string? key, LoadProfile profile, EngineFacts facts)
    {
        if (key is null || facts.GpuLayers > 0 || _memory.Find(key) is not null)
            return;
        lock (_gate)
        {
            _wanted[key] = profile;
            if (_work.IsCompleted && !_end.IsCancellationRequested)
                _work = Task.Run(WorkAsync);
        }
    }

    /// <summary>Something was asked of a worker.</summary>
    internal void Interrupt()
    {
        Volatile.Write(ref _lastBusy, _time.GetTimestamp());
        if (Volatile.Read(ref _running) is not null)
            CancelRunning();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Task work;
        lock (_gate)
            work = _work;
        await work;
        _end.Dispose();
    }

    private void CancelRunning()
    {
        lock (_gate)
            _running?.Cancel();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (Next() is var (key, profile))
            {
                await Task.Delay(_options.QuietBeforeTrials / LooksWhileQuiet, _time, _end.Token);
                if (IsQuiet())
                    await MeasureAsync(key, profile);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon ends.
        }
    }

    /// <summary>The work ends with the last of them; it is begun anew with the next.</summary>
    private (string Key, LoadProfile Profile)? Next()
    {
        lock (_gate)
        {
            if (_wanted.Count > 0)
                return (_wanted.First().Key, _wanted.First().Value);
            _work = Task.CompletedTask;
            return null;
        }
    }

    private bool IsQuiet()
    {
        var use = _use.Since() ?? 0;
        return use <= _options.BusyNeighbour && _isIdle()
            && _time.GetElapsedTime(Volatile.Read(ref _lastBusy)) >= _options.QuietBeforeTrials;
    }

    private async Task MeasureAsync(string key, LoadProfile profile)
    {
        using var limit = new CancellationTokenSource(s_limit, _time);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        lock (_gate)
            _running = running;
        try
        {
            var timed = await TimeAsync(profile, limit.Token, running.Token);
            lock (_gate)
                _wanted.Remove(key);
            if (!timed.IsEmpty)
                Keep(VariantJudgement.Of(key, timed, profile.HeadWidth, _time.GetUtcNow()), profile);
        }
        catch (OperationCanceledException) when (!_end.IsCancellationRequested)
        {
            LogInterrupted(profile.Weights);
        }
        finally
        {
            lock (_gate)
                _running = null;
        }
    }

    /// <returns>The variant of the rule first; empty when it could not be measured: then the rule stands until the next start.</returns>
    private async Task<ImmutableArray<TimedVariant>> TimeAsync(LoadProfile profile, CancellationToken limit, CancellationToken interrupted)
    {
        var path = Path.Combine(Path.GetDirectoryName(_options.VariantFile)!, LayerFile);
        var timed = ImmutableArray.CreateBuilder<TimedVariant>();
        try
        {
            if (GgufLayer.Write(GgufFile.Read(profile.Weights), path) > LargestLayer)
                return [];

            var layer = Layer(profile, path);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit, interrupted);
            var sources = EngineSources.Find(_options.NativeFolder);
            foreach (var (source, variant) in VariantCandidates.Of(sources, profile, ProcessorVectors.Level))
            {
                if (await TimeAsync(source, variant, layer, both.Token) is { } timings)
                    timed.Add(new TimedVariant(source.Name, timings));
                else if (timed.Count == 0)
                    return [];
            }
        }
        catch (OperationCanceledException) when (!interrupted.IsCancellationRequested)
        {
            // What was measured in time is judged.
        }
        catch (Exception error) when (error is StoreException or IOException or UnauthorizedAccessException or EngineUnavailableException
            or EngineFailedException)
        {
            LogFailed(error, profile.Weights);
            return [];
        }
        finally
        {
            File.Delete(path);
        }

        return timed.DrainToImmutable();
    }

    /// <returns>Null when this variant cannot compute it.</returns>
    private async Task<StepTimings?> TimeAsync(
        EngineSource source, string? variant, LoadProfile layer, CancellationToken cancellationToken)
    {
        try
        {
            await using var worker = await Worker.StartAsync(
                _options with { NativeFolder = source.Folder, CpuVariant = variant, OneVariant = true }, _time, cancellationToken);
            return await worker.TimeAsync(layer, cancellationToken);
        }
        catch (Exception error) when (error is EngineFailedException or EngineUnavailableException)
        {
            LogFailed(error, layer.Weights);
            return null;
        }
    }

    /// <summary>What of a model is timed: its head does not matter, as the variant is given.</summary>
    private static LoadProfile Layer(LoadProfile profile, string path) => profile with
    {
        Weights = path,
        Adapters = [],
        Draft = null,
        PrefixTokens = 0,
        ContextLength = 2 * StepTimings.PromptTokens,
        BatchSize = Math.Max(StepTimings.PromptTokens, profile.Slots),
        GpuLayers = 0,
        HeadWidth = 0,
        UseMmap = null,
    };

    private void Keep(VariantJudgement judgement, LoadProfile profile)
    {
        try
        {
            _memory.Add(judgement);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogFailed(error, profile.Weights);
        }

        LogJudged(profile.Weights, judgement.Reason, string.Join(", ", judgement.Timed.Select(Text)));
    }

    private static string Text(TimedVariant timed) => FormattableString.Invariant(
        $"{timed} {timed.Timings.One * 1000:0.000}/{timed.Timings.All * 1000:0.000}/{timed.Timings.Prompt * 1000:0.00} ms");

    [LoggerMessage(LogLevel.Information, "The variant for models shaped like {Weights} from their next load on: {Reason} ({Timings})")]
    private partial void LogJudged(string weights, string reason, string timings);

    [LoggerMessage(LogLevel.Debug, "A request came while variants for {Weights} were measured; they are measured later")]
    private partial void LogInterrupted(string weights);

    [LoggerMessage(LogLevel.Warning, "A variant for models shaped like {Weights} cannot be measured")]
    private partial void LogFailed(Exception error, string weights);
}
