namespace ModelOps.Runtime.Engines;

/// <summary>What engines need to know of the machine.</summary>
public sealed record EngineOptions
{
    private readonly bool? _oneVariant;

    /// <summary>Folder of native libraries (<c>MODELOPS_LLAMA_DIR</c>); null is those in <c>engines</c> beside the executable.</summary>
    public string? NativeFolder { get; init; }

    /// <summary>Variant of the libraries for the processor, of those that have it; null lets processor and model decide.</summary>
    public string? CpuVariant { get; init; }

    /// <summary>Every step is computed with that variant: by default where a setting names one.</summary>
    public bool OneVariant { get => _oneVariant ?? CpuVariant is not null; init => _oneVariant = value; }

    /// <summary>Processors to compute with.</summary>
    public required int Processors { get; init; }
}
