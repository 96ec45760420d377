namespace ModelOps.ModelStore.Footprints;

/// <summary>Bytes on one kind of memory.</summary>
/// <param name="Weights">Tensor data.</param>
/// <param name="KeyValueCache">KV cache and recurrent state.</param>
/// <param name="Compute">Buffers of the computation; an estimate until the engine measured.</param>
public sealed record FootprintShare(long Weights, long KeyValueCache, long Compute)
{
    /// <summary>All of it.</summary>
    public long Total => Weights + KeyValueCache + Compute;
}

/// <summary>What loading a model with some settings costs. The one arithmetic of plan, admission and show.</summary>
/// <param name="Main">In main memory.</param>
/// <param name="Gpu">On GPUs, all together.</param>
/// <param name="PerToken">Bytes that one more token of context costs.</param>
public sealed record Footprint(FootprintShare Main, FootprintShare Gpu, long PerToken)
{
    /// <summary>Bytes of the weights.</summary>
    public long Weights => Main.Weights + Gpu.Weights;

    /// <summary>Bytes of the KV cache.</summary>
    public long KeyValueCache => Main.KeyValueCache + Gpu.KeyValueCache;

    /// <summary>Bytes of the compute buffers.</summary>
    public long Compute => Main.Compute + Gpu.Compute;

    /// <summary>All of it.</summary>
    public long Total => Main.Total + Gpu.Total;

    /// <summary>Computes the footprint.</summary>
    /// <exception cref="StoreException">Invalid: there is no such type of a KV cache; TooLarge: the header claims more than any machine
    /// has.</exception>
    public static Footprint Of(ModelGeometry geometry, FootprintSettings settings)
    {
        try
        {
            return Sum(geometry, settings);
        }
        catch (OverflowException error)
        {
            throw new StoreException(new StoreFailure.TooLarge(), geometry.ToString(), error);
        }
    }

    /// <summary>The same with further weights, such as adapters and projectors; they go where the last layer is.</summary>
    public Footprint Plus(long weights) => Gpu.Weights > 0
        ? this with { Gpu = Gpu with { Weights = Gpu.Weights + weights } }
        : this with { Main = Main with { Weights = Main.Weights + weights } };

    /// <summary>The same with compute buffers as the engine reported them.</summary>
    public Footprint WithCompute(ComputeBytes measured) =>
        this with { Main = Main with { Compute = measured.Main }, Gpu = Gpu with { Compute = measured.Gpu } };

    private static Footprint Sum(ModelGeometry geometry, FootprintSettings settings)
    {
        var layers = geometry.Layers.Length;
        var onGpu = settings.GpuLayers < 0 ? layers + 1 : Math.Min(settings.GpuLayers, layers + 1);

        // What follows the last layer counts as one layer, and is the first to go to the GPU.
        var firstOnGpu = layers + 1 - onGpu;
        var cache = CacheSize.PerLayer(geometry, settings);
        var gpuWeights = geometry.Layers.Skip(firstOnGpu).Sum(layer => layer.WeightBytes);
        var outputOnGpu = onGpu > 0;
        var gpuOutput = outputOnGpu ? geometry.OutputBytes + geometry.SharedOutputBytes : 0;
        var gpuCache = cache.Skip(firstOnGpu).Sum();
        var compute = ComputeBuffers.Estimate(geometry, settings, onGpu > 0);
        var rearranged = outputOnGpu ? 0 : settings.Repacking.ExtraBytes(geometry, settings.IsMapped);
        var main = new FootprintShare(
            geometry.WeightBytes + rearranged - gpuWeights - (outputOnGpu ? geometry.OutputBytes : 0), cache.Sum() - gpuCache,
            compute.Main);
        return new Footprint(
            main, new FootprintShare(gpuWeights + gpuOutput, gpuCache, compute.Gpu), CacheSize.PerToken(geometry, settings.KvCacheType));
    }
}
