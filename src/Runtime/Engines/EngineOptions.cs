namespace ModelOps.Runtime.Engines;

/// <summary>What engines need to know of the machine.</summary>
public sealed record EngineOptions
{
    /// <summary>Folder of the native library (<c>MODELOPS_LLAMA_DIR</c>); null is <c>llama</c> beside the executable.</summary>
    public string? NativeFolder { get; init; }

    /// <summary>Processors to compute with.</summary>
    public required int Processors { get; init; }
}
