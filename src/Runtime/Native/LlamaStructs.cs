using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LLama.Native;

[assembly: DisableRuntimeMarshalling]

namespace ModelOps.Runtime.Native;

// Laid out as the headers of all releases say; booleans are bytes. What LLamaSharp declares publicly and as plain memory is taken from
// there (LLamaNativeBatch, LLamaTokenData). Its array of candidates can only be made around a managed one, and its chain's settings only
// with a property that converts; those two are a few lines here.

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

/// <summary>The candidates that a sampler works on.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaTokenDataArray
{
    internal LLamaTokenData* Data;
    internal nuint Size;
    internal long Selected;
    internal byte Sorted;

    /// <summary>The candidates, to read and to change.</summary>
    internal readonly Span<LLamaTokenData> All => new(Data, (int)Size);
}

/// <summary>Settings of a sampler chain.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LlamaSamplerChainParams
{
    internal byte NoPerformanceCounters;
}
