namespace ModelOps.Runtime.Engines;

/// <summary>What engines need to know of the machine.</summary>
public sealed record EngineOptions
{
    /// <summary>Folder of native libraries (<c>MODELOPS_LLAMA_DIR</c>); null is those in <c>engines</c> beside the executable.</summary>
    public string? NativeFolder { get; init; }

    /// <summary>Variant of the libraries for the processor, of those that have it; null lets processor and model decide.</summary>
    public string? CpuVariant { get; init; }

    /// <summary>Processors to compute with.</summary>
    public required int Processors { get; init; }
}
