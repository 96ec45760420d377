namespace ModelOps.Runtime.Native;

/// <summary>How weights are to be loaded; what is not set stays as the release has it.</summary>
internal record struct ModelSettings
{
    /// <summary>Layers on GPUs; negative for all.</summary>
    internal int GpuLayers;

    /// <summary>The only GPU to use.</summary>
    internal int? OnlyGpu;

    /// <summary>0 reads the file, 1 maps it.</summary>
    internal int? LoadMode;

    /// <summary>Only the header is read.</summary>
    internal bool NoAllocation;

    /// <summary>Hears the share that is read; may be 0.</summary>
    internal nint ProgressCallback;

    /// <summary>What the callback gets.</summary>
    internal nint ProgressCallbackData;
}

/// <summary>How a context is to be made; what is not set stays as the release has it.</summary>
internal record struct ContextSettings
{
    /// <summary>Tokens of all sequences.</summary>
    internal uint ContextLength;

    /// <summary>Most tokens of a decode call.</summary>
    internal uint BatchSize;

    /// <summary>Most tokens that are computed together.</summary>
    internal uint MicroBatchSize;

    /// <summary>Sequences that are told apart.</summary>
    internal uint MaxSequences;

    /// <summary>Most tokens of a decode call with an output, of whichever sequence.</summary>
    internal uint? MaxOutputs;

    /// <summary>Threads.</summary>
    internal int Threads;

    /// <summary>1 on, 0 off, -1 as the engine likes.</summary>
    internal int FlashAttention;

    /// <summary>Number of the type of keys and values.</summary>
    internal int CacheType;

    /// <summary>Embeddings come out, no logits.</summary>
    internal bool Embeddings;

    /// <summary>Keys and values lie where the layers do.</summary>
    internal bool OffloadKqv;

    /// <summary>One cache for all sequences.</summary>
    internal bool UnifiedCache;
}
