namespace ModelOps.ModelStore.Footprints;

/// <summary>How many layers go to GPUs.</summary>
public static class LayerSplit
{
    /// <summary>The most layers whose share of weights, cache and compute buffers fits into GPU memory; 0 when nothing does.</summary>
    /// <param name="geometry">The model.</param>
    /// <param name="settings">How it is loaded; its own <see cref="FootprintSettings.GpuLayers"/> do not count.</param>
    /// <param name="gpuBytes">Free memory of the GPUs.</param>
    public static int Fit(ModelGeometry geometry, FootprintSettings settings, long gpuBytes)
    {
        // The need grows with every layer, so the border is found by halving.
        var (fits, tooMany) = (0, geometry.Layers.Length + 2);
        while (tooMany - fits > 1)
        {
            var middle = (fits + tooMany) / 2;
            if (Footprint.Of(geometry, settings with { GpuLayers = middle }).Gpu.Total <= gpuBytes)
                fits = middle;
            else
                tooMany = middle;
        }

        return fits;
    }
}
