using System.Collections.Immutable;
using ModelOps.ModelStore.Gguf;

namespace ModelOps.ModelStore.Footprints;

/// <summary>Bytes that contexts keep of the tokens they have seen.</summary>
internal static class CacheSize
{
    /// <summary>Bytes of every layer.</summary>
    public static ImmutableArray<long> PerLayer(ModelGeometry geometry, FootprintSettings settings)
    {
        var type = Type(settings.KvCacheType);
        var shape = ContextShape.Of(geometry, settings);

        // Without flash attention values lie transposed, and all layers' have the width of the widest.
        var widest = settings.FlashAttention || geometry.Layers.IsEmpty ? 0 : geometry.Layers.Max(layer => layer.ValueWidth);
        return [.. geometry.Layers.Select(layer =>
        {
            var cells = layer.Slides ? shape.SlidingCells(geometry.Window) : shape.Cells;
            var value = layer.ValueWidth == 0 ? 0 : Math.Max(widest, layer.ValueWidth);
            return checked((shape.Streams * cells * (Row(type, layer.KeyWidth) + Row(type, value))) + (layer.StateBytes * shape.Sequences));
        })];
    }

    /// <summary>Bytes that one more token of context costs, in layers that keep all tokens.</summary>
    public static long PerToken(ModelGeometry geometry, string cacheType)
    {
        var type = Type(cacheType);
        return geometry.Layers.Where(layer => !layer.Slides).Sum(layer => Row(type, layer.KeyWidth) + Row(type, layer.ValueWidth));
    }

    private static GgufTensorType Type(string name) =>
        GgufTensorType.Find(name.Length == 0 ? "f16" : name) ?? throw StoreException.Invalid($"there is no KV cache type \"{name}\"");

    private static long Row(GgufTensorType type, long width) => (width + type.BlockElements - 1) / type.BlockElements * type.BlockBytes;
}
