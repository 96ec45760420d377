using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ModelOps.Runtime.Batching.Speculation;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Loading;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Hosting;

/// <summary>Loads engines into this process. Workers host their engines with it; so do tests and the smallest machines.</summary>
public sealed class LocalEngineLoader : IEngineLoader
{
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly SharedWeights _weights = new();

    public LocalEngineLoader(EngineOptions options, TimeProvider time, ILogger<LocalEngineLoader> logger)
    {
        _options = options;
        _time = time;
        NativeLog.WriteTo(logger);
    }

    /// <inheritdoc/>
    public ImmutableArray<EngineNatives> Natives => EngineSources.Describe(_options.NativeFolder);

    /// <inheritdoc/>
    public EngineNatives NativesFor(LoadProfile profile) =>
        EngineSources.Describe(_options.NativeFolder, profile);

    /// <inheritdoc/>
    public async Task<IEngine> LoadAsync(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken) =>
        await Task.Run<IEngine>(() => Load(profile, progress, afterStep: null, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Loads the libraries and says what they are.</summary>
    /// <exception cref="EngineUnavailableException">They cannot be loaded.</exception>
    internal EngineNatives Describe() => EngineLibrary.Load(_options);

    internal void Quantize(string source, string target, int fileType, Action<float> progress)
    {
        EngineLibrary.EnsureLoaded(_options, EngineNeeds.Unknown);
        try
        {
            WeightsPacking.Run(source, target, fileType, _options.Processors, progress);
        }
        catch (NativeException error)
        {
            throw new EngineFailedException(error.Message, error);
        }
    }

    /// <summary>
    /// Compute buffers that a load would take. Reads the header and allocates nothing for weights and caches, which therefore count as
    /// 0.
    /// </summary>
    /// <exception cref="EngineFailedException">The engine refuses the file or the profile.</exception>
    internal EngineMemory Measure(LoadProfile profile)
    {
        EngineLibrary.EnsureLoaded(_options, profile.Needs);
        using var weights = Weights.LoadWithoutData(profile);
        var buffers = EngineContext.Measure(weights, Bounded(profile));
        return new EngineMemory(0, 0, buffers.Compute, buffers.Gpu);
    }

    /// <summary>How long calls of a model take, of which nothing stays loaded.</summary>
    /// <exception cref="EngineFailedException">The engine refuses the file or the profile.</exception>
    internal StepTimings Time(LoadProfile profile)
    {
        EngineLibrary.EnsureLoaded(_options, profile.Needs);
        using var weights = Weights.Load(profile, null, CancellationToken.None);
        using var context = EngineContext.Create(weights, Bounded(profile), _options.Processors);
        return StepTimer.Run(context, _time);
    }

    internal LocalEngine Load(LoadProfile profile, IProgress<float>? progress, Action<bool>? afterStep, CancellationToken cancellationToken)
    {
        EngineLibrary.EnsureLoaded(_options, profile.Needs);
        var weights = _weights.Acquire(profile, progress, cancellationToken);
        EngineContext? context = null;
        DraftModel? draft = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            context = EngineContext.Create(weights, Bounded(profile), _options.Processors);
            draft = LoadDraft(context, cancellationToken);
            return new LocalEngine(context, draft, _time, afterStep, () => _weights.Release(profile));
        }
        catch
        {
            draft?.Dispose();
            context?.Dispose();
            _weights.Release(profile);
            throw;
        }
    }

    /// <summary>
    /// More threads than processors wait for one another at every barrier, and take the processors from every other engine.
    /// </summary>
    private LoadProfile Bounded(LoadProfile profile) => profile with { Threads = Math.Clamp(profile.Threads, 0, _options.Processors) };

    /// <returns>Null when none was declared, or it does not suit; the facts say why not.</returns>
    private DraftModel? LoadDraft(EngineContext context, CancellationToken cancellationToken)
    {
        if (context.Profile is not { Draft: { } path, DraftTokens: > 0, Embeddings: false })
            return null;

        var profile = context.Profile with { Weights = path, Draft = null };
        Weights? weights = null;
        try
        {
            weights = _weights.Acquire(profile, null, cancellationToken);
            var draft = DraftModel.Create(context.Weights, weights, profile, release: () => _weights.Release(profile));
            context.AddDraft(draft.Handle, draft.Memory);
            return draft;
        }
        catch (EngineFailedException error)
        {
            if (weights is not null)
                _weights.Release(profile);

            context.GoWithoutDraft(error.Message);
            return null;
        }
    }
}
