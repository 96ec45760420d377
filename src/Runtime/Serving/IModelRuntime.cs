using System.Collections.Immutable;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Runtime.Serving;

/// <summary>What reconciliation asks of the runtime. Every method is idempotent.</summary>
public interface IModelRuntime
{
    /// <summary>The managed names as the runtime knows them now.</summary>
    PolicyTable Policies { get; }

    /// <summary>Models in memory, as they really are.</summary>
    ImmutableArray<LoadedModel> Loaded { get; }

    /// <summary>What serving a stored build would take, by the arithmetic of admission; null when this runtime cannot tell.</summary>
    /// <exception cref="StoreException">The build cannot be read.</exception>
    ModelFootprint? FootprintOf(StoredModel model) => null;

    /// <summary>Models that cannot be kept in memory or loaded now, and why.</summary>
    ImmutableArray<ModelProblem> Problems => [];

    /// <summary>The ledger of memory, the engines, and who waits for what.</summary>
    RuntimeReport Report => RuntimeReport.Nothing;

    /// <summary>Replaces the table of managed names. Pinned names that are not in memory begin to load; names no longer pinned become idle.</summary>
    void ApplyPolicies(PolicyTable policies);

    /// <summary>Brings a build into memory beside whatever serves now, and keeps it there until what is returned is disposed.</summary>
    /// <param name="name">Stored name of the build; a staged one lies under the host <c>modelops.local</c>.</param>
    /// <param name="policy">The policy it will serve under.</param>
    /// <param name="takeover">What it shall serve; null when it serves already. Where it does not fit beside the builds that serve those names
    /// now, they are drained, and requests for the names wait for the disposal.</param>
    /// <param name="cancellationToken">Aborts the load.</param>
    /// <exception cref="ModelRuntimeException">The weights cannot be read or do not fit.</exception>
    Task<IWarmBuild> WarmAsync(ModelName name, ModelPolicy policy, Takeover? takeover, CancellationToken cancellationToken);

    /// <summary>Answers one prompt on a warm build, for gates: plain text, temperature 0.</summary>
    Task<string> ProbeAsync(ModelName name, ModelPolicy policy, string prompt, int maxTokens, CancellationToken cancellationToken);

    /// <summary>Unloads a name when its last request ends.</summary>
    Task UnloadAsync(ModelName name, CancellationToken cancellationToken);
}

/// <summary>A build that is kept in memory on its way to take over names. Its disposal ends the takeover: the names that were committed are served by it.</summary>
public interface IWarmBuild : IAsyncDisposable
{
    /// <summary>These names serve the build now. Those that are not committed stay with the builds that serve them.</summary>
    void Commit(params ReadOnlySpan<ModelName> names);
}

/// <summary>Names that a build is about to take over.</summary>
/// <param name="Names">The names.</param>
/// <param name="DrainFirst">What serves them now leaves first even where both fit.</param>
public sealed record Takeover(ImmutableArray<ModelName> Names, bool DrainFirst = false);

/// <summary>One engine in memory and who uses it.</summary>
public sealed record LoadedModel
{
    /// <summary>The name that caused the load.</summary>
    public required ModelName Name { get; init; }

    /// <summary>Every name whose build runs on this engine.</summary>
    public ImmutableArray<ModelName> Names { get; init; } = [];

    /// <summary>Manifest digest (bare hex) of the build of <see cref="Name"/>.</summary>
    public required string BuildDigest { get; init; }

    /// <summary>The stored model it was loaded from, which describes it even after its name was deleted; null when the runtime does not keep it.</summary>
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

/// <summary>The runtime could not do what was asked of one model.</summary>
public sealed class ModelRuntimeException(ModelName model, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The model it is about.</summary>
    public ModelName Model { get; } = model;
}
