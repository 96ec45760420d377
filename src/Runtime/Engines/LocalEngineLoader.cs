using Microsoft.Extensions.Logging;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Engines;

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
    public async Task<IEngine> LoadAsync(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken) =>
        await Task.Run<IEngine>(() => Load(profile, progress, afterStep: null, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal void Quantize(string source, string target, int fileType, Action<float> progress)
    {
        LlamaLibrary.EnsureLoaded(_options.NativeFolder);
        WeightsPacking.Run(source, target, fileType, _options.Processors, progress);
    }

    internal LocalEngine Load(LoadProfile profile, IProgress<float>? progress, Action<bool>? afterStep, CancellationToken cancellationToken)
    {
        LlamaLibrary.EnsureLoaded(_options.NativeFolder, profile.HeadWidth);
        var weights = _weights.Acquire(profile, progress, cancellationToken);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            var context = EngineContext.Create(weights, profile, _options.Processors);
            return new LocalEngine(context, _time, afterStep, () => _weights.Release(profile));
        }
        catch
        {
            _weights.Release(profile);
            throw;
        }
    }
}
