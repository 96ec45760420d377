namespace ModelOps.ModelStore.Footprints;

/// <summary>
/// Bytes that a computation needs beside weights and cache. The engine's allocator lets stages of a step share memory, so the largest stage
/// counts. Fitted to what the engine reported for models of many kinds; it says rather too much than too little, and what the engine
/// measures replaces it.
/// </summary>
internal static class ComputeBuffers
{
    private const int Float = sizeof(float);

    // Positions, output numbers and the like, for every token.
    private const int SmallInputs = 8;

    public static (long Main, long Gpu) Estimate(ModelGeometry geometry, FootprintSettings settings, bool usesGpu)
    {
        var shape = ContextShape.Of(geometry, settings);
        var width = geometry.Width * shape.MicroBatch * Float;
        var mask = Mask(geometry, settings, shape);
        var stages = Math.Max(Inner(geometry), Math.Max(Attention(geometry), State(geometry))) + SmallInputs;
        var working = Math.Max(stages * shape.MicroBatch * Float, Scores(geometry, settings, shape))
            + mask
            + RecurrentRoom(geometry, shape);
        var logits = settings.Embeddings ? shape.MicroBatch * shape.Sequences * Float : shape.Outputs * geometry.Vocabulary * Float;
        var computed = settings.Embeddings ? working + logits : Math.Max(working, logits + width);
        var results = shape.Sequences * (settings.Embeddings ? geometry.Width : geometry.Vocabulary) * Float;

        // With a GPU the inputs are made in main memory and copied.
        return usesGpu ? (results + mask + width, computed) : (results + computed, 0);
    }

    // The attention mask: one number for every token of the batch and every cell.
    private static long Mask(ModelGeometry geometry, FootprintSettings settings, ContextShape shape)
    {
        var size = settings.FlashAttention ? sizeof(short) : Float;
        var all = geometry.Layers.Any(layer => layer.KeyWidth > 0 && !layer.Slides) ? shape.Cells : 0;
        var window = geometry.Layers.Any(layer => layer.KeyWidth > 0 && layer.Slides) ? shape.SlidingCells(geometry.Window) : 0;
        var cells = geometry.Heads > 0 && all + window == 0 ? shape.MicroBatch : all + window;
        return checked(cells * shape.MicroBatch * size);
    }

    // Without flash attention the scores of all heads stand in memory.
    private static long Scores(ModelGeometry geometry, FootprintSettings settings, ContextShape shape) => settings.FlashAttention
        ? 0
        : checked(((geometry.Heads * shape.Cells) + Attention(geometry) + SmallInputs) * shape.MicroBatch * Float);

    private static long Inner(ModelGeometry geometry) =>
        Math.Max((3 * geometry.InnerWidth) + (geometry.Residuals * geometry.Width), Chosen(geometry));

    // The results of all experts of a token, before and after they are weighted. The second set finds room where the inner vectors stood,
    // if those were as wide.
    private static long Chosen(ModelGeometry geometry)
    {
        var (width, inner) = (geometry.Width, geometry.ExpertWidth);
        var weighted = (2 * width) + (2 * inner >= width ? inner : 3 * inner);
        return geometry.Experts * Math.Max(weighted, width + (3 * inner));
    }

    private static long Attention(ModelGeometry geometry) => geometry.Heads == 0
        ? 0
        : (4 * geometry.Width) + (2 * geometry.QueryWidth) + geometry.LatentQueryWidth + (2 * geometry.Layers.Max(layer => layer.KeyWidth));

    private static long State(ModelGeometry geometry) => geometry.StateWidth == 0 ? 0 : (3 * geometry.StateWidth) + geometry.Width;

    private static long RecurrentRoom(ModelGeometry geometry, ContextShape shape) =>
        geometry.Layers.IsEmpty ? 0 : 2 * shape.Sequences * geometry.Layers.Max(layer => layer.StateBytes);
}
