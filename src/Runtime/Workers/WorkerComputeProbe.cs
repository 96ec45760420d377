using ModelOps.ModelStore;
using ModelOps.ModelStore.Footprints;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Workers;

/// <summary>Measures in a worker of its own: whatever the file does to the engine, this process is not hit.</summary>
public sealed class WorkerComputeProbe(WorkerOptions options, TimeProvider time) : IComputeProbe
{
    /// <inheritdoc/>
    public async Task<ComputeBytes> MeasureAsync(string weights, FootprintSettings settings, CancellationToken cancellationToken)
    {
        var profile = new LoadProfile
        {
            Weights = weights,
            ContextLength = settings.ContextLength,
            Slots = settings.Slots,
            KvCacheType = settings.KvCacheType,
            BatchSize = settings.BatchSize,
            GpuLayers = settings.GpuLayers,
            FlashAttention = settings.FlashAttention ? null : false,
            Embeddings = settings.Embeddings,
            UsesTiles = settings.Repacking == Repacking.Tiles,
        };
        try
        {
            await using var worker = await Worker.StartAsync(WorkerNatives.ForFile(options, profile), time, cancellationToken);
            var memory = await worker.MeasureAsync(profile, cancellationToken);
            return new ComputeBytes(memory.Compute - memory.Gpu, memory.Gpu);
        }
        catch (Exception error) when (error is EngineFailedException or EngineUnavailableException)
        {
            throw new StoreException(new StoreFailure.Unmeasured(weights, error.Message), weights, error);
        }
    }
}
