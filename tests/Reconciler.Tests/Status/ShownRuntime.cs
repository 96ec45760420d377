using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Status;

/// <summary>A runtime of which only what it shows matters.</summary>
internal sealed class ShownRuntime : IModelRuntime
{
    public PolicyTable Policies => PolicyTable.Empty;

    public ImmutableArray<LoadedModel> Loaded { get; private set; } = [];

    public ImmutableArray<ModelProblem> Problems { get; set; } = [];

    internal void Load(params ImmutableArray<ModelName> names) =>
        Loaded =
        [
            .. names.Select(name =>
                new LoadedModel { Name = name, BuildDigest = "b", Size = 1, ContextLength = 1, ExpiresAt = DateTimeOffset.MaxValue }),
        ];

    public void ApplyPolicies(PolicyTable policies) => throw new NotSupportedException();

    public Task<IWarmBuild> WarmAsync(ModelName name, ModelPolicy policy, Takeover? takeover, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ProbeAnswer> ProbeAsync(ModelName name, ModelPolicy policy, Probe probe, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task UnloadAsync(ModelName name, CancellationToken cancellationToken) => throw new NotSupportedException();
}
