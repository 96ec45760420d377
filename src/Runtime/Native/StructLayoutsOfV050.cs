using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>As the headers of llama.cpp v0.5.0 say.</summary>
internal sealed class StructLayoutsOfV050 : StructLayouts
{
    /// <inheritdoc/>
    internal override bool Fit() =>
        LlamaNative.llama_model_default_params() is
        {
            GpuLayers: -1, SplitMode: 1, LoadMode: -1, LazyMode: 1, KeyValueOverrides: 0, UseExtraBuffers: 1, LoadMultiTokenPrediction: 0,
        }
        && LlamaNative.llama_context_default_params() is
        {
            ContextLength: 512, BatchSize: 2048, MicroBatchSize: 512, MaxSequences: 1, MaxOutputsPerSequence: 1, PoolingType: -1,
            FlashAttention: -1, YarnBetaSlow: -1f, DefragmentationThreshold: -1f, TypeK: 1, TypeV: 1, Embeddings: 0, OffloadKqv: 1,
            NoPerformanceCounters: 1, SlidingWindowFull: 1, UnifiedCache: 0, SamplerCount: 0, OtherContext: 0,
        }
        && QuantizationFits();

    /// <inheritdoc/>
    internal override WeightsHandle Load(string path, in ModelSettings settings)
    {
        var native = LlamaNative.llama_model_default_params();
        (native.GpuLayers, native.NoAllocation) = (settings.GpuLayers, Flag(settings.NoAllocation));
        (native.ProgressCallback, native.ProgressCallbackData) = (settings.ProgressCallback, settings.ProgressCallbackData);
        native.LoadMode = settings.LoadMode ?? native.LoadMode;
        if (settings.OnlyGpu is { } gpu)
            (native.SplitMode, native.MainGpu) = (0, gpu);
        return LlamaNative.llama_model_load_from_file(path, native);
    }

    /// <inheritdoc/>
    internal override ContextHandle Create(WeightsHandle model, in ContextSettings settings)
    {
        var native = LlamaNative.llama_context_default_params();
        (native.ContextLength, native.BatchSize) = (settings.ContextLength, settings.BatchSize);
        (native.MicroBatchSize, native.MaxSequences) = (settings.MicroBatchSize, settings.MaxSequences);
        native.Threads = native.ThreadsBatch = settings.Threads;
        native.TypeK = native.TypeV = settings.CacheType;
        (native.FlashAttention, native.SlidingWindowFull) = (settings.FlashAttention, 0);
        (native.Embeddings, native.OffloadKqv) = (Flag(settings.Embeddings), Flag(settings.OffloadKqv));
        native.UnifiedCache = Flag(settings.UnifiedCache);
        if (settings.MaxOutputs is { } outputs)
            (native.MaxOutputs, native.MaxOutputsPerSequence) = (outputs, 0);
        return LlamaNative.llama_init_from_model(model, native);
    }
}

/// <summary>How weights are loaded.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LlamaModelParams
{
    internal nint Devices;
    internal nint TensorBufferOverrides;
    internal int GpuLayers;
    internal int SplitMode;
    internal int LoadMode;
    internal int LazyMode;
    internal int MainGpu;
    internal nint TensorSplit;
    internal nint ProgressCallback;
    internal nint ProgressCallbackData;
    internal nint KeyValueOverrides;
    internal byte VocabularyOnly;
    internal byte CheckTensors;
    internal byte UseExtraBuffers;
    internal byte NoHost;
    internal byte NoAllocation;
    internal byte LoadMultiTokenPrediction;
}

/// <summary>How a context is made.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LlamaContextParams
{
    internal uint ContextLength;
    internal uint BatchSize;
    internal uint MicroBatchSize;
    internal uint MaxSequences;
    internal uint RecurrentSnapshots;
    internal uint MaxOutputs;
    internal uint MaxOutputsPerSequence;
    internal int Threads;
    internal int ThreadsBatch;
    internal int ContextType;
    internal int RopeScalingType;
    internal int PoolingType;
    internal int AttentionType;
    internal int FlashAttention;
    internal float RopeFrequencyBase;
    internal float RopeFrequencyScale;
    internal float YarnExtensionFactor;
    internal float YarnAttentionFactor;
    internal float YarnBetaFast;
    internal float YarnBetaSlow;
    internal uint YarnOriginalContext;
    internal float DefragmentationThreshold;
    internal nint EvaluationCallback;
    internal nint EvaluationCallbackData;
    internal int TypeK;
    internal int TypeV;
    internal nint AbortCallback;
    internal nint AbortCallbackData;
    internal byte Embeddings;
    internal byte OffloadKqv;
    internal byte NoPerformanceCounters;
    internal byte OffloadOperations;
    internal byte SlidingWindowFull;
    internal byte UnifiedCache;
    internal nint Samplers;
    internal nuint SamplerCount;
    internal nint OtherContext;
}

