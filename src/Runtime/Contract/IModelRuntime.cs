using System.Collections.Immutable;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Runtime.Contract;

/// <summary>What reconciliation asks of the runtime. Every method is idempotent.</summary>
public interface IModelRuntime
{
    /// <summary>The managed names as the runtime knows them now.</summary>
    PolicyTable Policies { get; }

    /// <summary>Models in memory, as they really are.</summary>
    ImmutableArray<LoadedModel> Loaded { get; }

    /// <summary>What serving a stored build would take, by the arithmetic of admission; null when this runtime does not know.</summary>
    /// <exception cref="StoreException">The build cannot be read.</exception>
    ModelFootprint? FootprintOf(StoredModel model) => null;

    /// <summary>Models that cannot be kept in memory or loaded now, and why.</summary>
    ImmutableArray<ModelProblem> Problems => [];

    /// <summary>How a name was served lately; null when nothing was asked of it, or nothing is counted.</summary>
    ServiceReport? ServiceOf(ModelName name) => null;

    /// <summary>The ledger of memory, the engines, and who waits for what.</summary>
    RuntimeReport Report => RuntimeReport.Nothing;

    /// <summary>
    /// Has <paramref name="changed"/> called each time that an engine came into memory, began to leave it, left it or died: one call
    /// after the other, each before anything else changes. It must be quick and not throw.
    /// </summary>
    /// <param name="changed">Takes names whose replaced build has left with its last request; mostly there are none.</param>
    void WatchMemory(Action<ImmutableArray<ModelName>> changed)
    {
    }

    /// <summary>
    /// Replaces the table of managed names. Pinned names that are not in memory begin to load; names no longer pinned become idle.
    /// </summary>
    void ApplyPolicies(PolicyTable policies);

    /// <summary>Brings a build into memory beside whatever serves now, and keeps it there until what is returned is disposed.</summary>
    /// <param name="name">Stored name of the build; a staged one lies under the host <c>modelops.local</c>.</param>
    /// <param name="policy">The policy it will serve under.</param>
    /// <param name="takeover">What it shall serve; null when it serves already. Where it does not fit beside the builds that serve
    /// those names now, they are drained, and requests for the names wait for the disposal.</param>
    /// <param name="cancellationToken">Aborts the load.</param>
    /// <exception cref="ModelRuntimeException">The weights cannot be read or do not fit.</exception>
    Task<IWarmBuild> WarmAsync(ModelName name, ModelPolicy policy, Takeover? takeover, CancellationToken cancellationToken);

    /// <summary>Puts a question to a warm build, for gates.</summary>
    /// <param name="name">Its stored name.</param>
    /// <param name="policy">The policy that it will serve under.</param>
    /// <param name="probe">The question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer, with the digest of the build that gave it.</returns>
    /// <exception cref="ModelRuntimeException">It cannot answer; the message says why.</exception>
    Task<ProbeAnswer> ProbeAsync(ModelName name, ModelPolicy policy, Probe probe, CancellationToken cancellationToken);

    /// <summary>
    /// A file is not what it was: the engines that hold it leave after their last request, pinned or not, and later requests wait until it
    /// is loaded anew, or hear that it cannot be.
    /// </summary>
    /// <param name="path">Absolute path of weights, an adapter, a projector or a draft model.</param>
    void DropFile(string path)
    {
    }

    /// <summary>Unloads a name when its last request ends.</summary>
    Task UnloadAsync(ModelName name, CancellationToken cancellationToken);
}
