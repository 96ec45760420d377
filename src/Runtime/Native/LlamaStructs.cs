using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace ModelOps.Runtime.Native;

// Laid out as the header of the engine's release says; booleans are bytes. The load gate compares defaults field by field.

/// <summary>How weights are quantized.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LlamaQuantizeParams
{
    internal int Threads;
    internal int FileType;
    internal int OutputTensorType;
    internal int TokenEmbeddingType;
    internal byte AllowRequantize;
    internal byte QuantizeOutputTensor;
    internal byte OnlyCopy;
    internal byte Pure;
    internal byte KeepSplit;
    internal byte DryRun;
    internal nint ImportanceMatrix;
    internal nint KeyValueOverrides;
    internal nint TensorOverrides;
    internal nint PruneLayers;
    internal nuint MaxBufferSize;
}

/// <summary>Input of one decode call; the arrays belong to the caller.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaBatch
{
    internal int TokenCount;
    internal int* Tokens;
    internal float* Embeddings;
    internal int* Positions;
    internal int* SequenceCounts;
    internal int** SequenceIds;
    internal byte* Outputs;
}

/// <summary>One candidate of a sampler.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LlamaTokenData
{
    internal int Id;
    internal float Logit;
    internal float Probability;
}

/// <summary>The candidates that a sampler works on.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaTokenDataArray
{
    internal LlamaTokenData* Data;
    internal nuint Size;
    internal long Selected;
    internal byte Sorted;

    /// <summary>The candidates, to read and to change.</summary>
    internal readonly Span<LlamaTokenData> All => new(Data, (int)Size);
}

/// <summary>Settings of a sampler chain.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LlamaSamplerChainParams
{
    internal byte NoPerformanceCounters;
}
