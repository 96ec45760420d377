using ModelOps.ModelStore.Footprints;

namespace ModelOps.Runtime.Loading;

/// <summary>How many layers go to GPUs when the settings do not say: as many as fit, with the arithmetic that admission uses too.</summary>
internal static class GpuFit
{
    /// <summary>Left free on every GPU: for what the driver takes, and for an estimate that is too low.</summary>
    private const long Reserve = 512L << 20;

    /// <summary>Layers from the last one on, what follows it counted as one more; 0 when not even that fits.</summary>
    /// <param name="geometry">What the weights need memory for.</param>
    /// <param name="settings">How they are loaded; its own number of layers does not count.</param>
    /// <param name="free">Free bytes of every GPU.</param>
    internal static int Layers(ModelGeometry geometry, FootprintSettings settings, IReadOnlyList<long> free)
    {
        var room = free.Sum(bytes => Math.Max(0, bytes - Reserve));
        for (var layers = geometry.Layers.Length + 1; layers > 0; layers--)
        {
            if (Need(geometry, settings with { GpuLayers = layers }, free.Count) <= room)
                return layers;
        }

        return 0;
    }

    /// <summary>
    /// The engine splits whole layers by free memory: a GPU may get up to a layer more than its share, and each has buffers of its
    /// own.
    /// </summary>
    private static long Need(ModelGeometry geometry, FootprintSettings settings, int devices)
    {
        var gpu = Footprint.Of(geometry, settings).Gpu;
        var layer = (gpu.Weights + gpu.KeyValueCache) / settings.GpuLayers;
        return gpu.Total + ((devices - 1) * (layer + gpu.Compute));
    }
}
