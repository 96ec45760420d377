using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Runtime.Contract;

/// <summary>One engine in memory and who uses it.</summary>
public sealed record LoadedModel
{
    /// <summary>The name that caused the load.</summary>
    public required ModelName Name { get; init; }

    /// <summary>Every name whose build runs on this engine.</summary>
    public ImmutableArray<ModelName> Names { get; init; } = [];

    /// <summary>Manifest digest (bare hex) of the build of <see cref="Name"/>.</summary>
    public required string BuildDigest { get; init; }

    /// <summary>
    /// The stored model it was loaded from, which describes it even after its name was deleted; null when the runtime does not keep
    /// it.
    /// </summary>
    public StoredModel? Source { get; init; }

    /// <summary>Bytes in memory, and of them on GPUs.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes on GPUs.</summary>
    public long SizeGpu { get; init; }

    /// <summary>Context of one slot, in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>When it is unloaded unless used; <see cref="DateTimeOffset.MaxValue"/> is never.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>It is declared <c>always</c>.</summary>
    public bool Pinned { get; init; }

    /// <summary>Requests running or waiting on it.</summary>
    public int Requests { get; init; }

    /// <summary>Process that hosts it; null when it runs in the daemon.</summary>
    public int? WorkerProcess { get; init; }

    /// <summary>Reading of the engine.</summary>
    public Engines.EngineStatistics? Statistics { get; init; }
}
