namespace ModelOps.ModelStore.Footprints;

/// <summary>How a model is to be loaded, as far as memory goes.</summary>
public sealed record FootprintSettings
{
    /// <summary>Context of one slot in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Sequences that decode at once.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>Type of the KV cache: <c>f16</c>, <c>q8_0</c>, <c>q4_0</c>, <c>f32</c>, <c>bf16</c>, and the engine's other ones.</summary>
    public string KvCacheType { get; init; } = "f16";

    /// <summary>Tokens of one logical batch.</summary>
    public int BatchSize { get; init; } = 512;

    /// <summary>Layers on GPUs, counted from the last one, with what follows the last layer as one more; negative puts all there.</summary>
    public int GpuLayers { get; init; }

    /// <summary>Whether attention is computed without keeping its scores; the engine does where it can.</summary>
    public bool FlashAttention { get; init; } = true;

    /// <summary>What the engine rearranges for the processor. Nothing is, where layers are on a GPU.</summary>
    public Repacking Repacking { get; init; } = Repacking.None;

    /// <summary>Whether the file of the weights is mapped into memory, and not read into it.</summary>
    public bool IsMapped { get; init; } = true;

    /// <summary>Whether the context is made for embeddings.</summary>
    public bool Embeddings { get; init; }
}
