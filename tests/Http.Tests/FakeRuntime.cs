using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Tests;

/// <summary>Says what the test says is loaded and managed.</summary>
internal sealed class FakeRuntime : IModelRuntime
{
    public PolicyTable Policies { get; private set; } = PolicyTable.Empty;

    public ImmutableArray<LoadedModel> Loaded { get; set; } = [];

    public RuntimeReport Report { get; set; } = RuntimeReport.Nothing;

    public void ApplyPolicies(PolicyTable policies) => Policies = policies;

    public Task<IWarmBuild> WarmAsync(ModelName name, ModelPolicy policy, Takeover? takeover, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ProbeAnswer> ProbeAsync(ModelName name, ModelPolicy policy, Probe probe, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task UnloadAsync(ModelName name, CancellationToken cancellationToken) => Task.CompletedTask;

    internal void Manage(string name, string declaredAt)
    {
        var known = ModelName.Parse(name);
        Policies = new PolicyTable(Policies.Models.Add(
            known, new ModelPolicy { Name = known, Residency = ResidencyMode.OnDemand, Revision = "c0ffee", DeclaredAt = declaredAt }));
    }
}
