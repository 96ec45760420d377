using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Execution;

public sealed class PolicyBookTests : IDisposable
{
    private readonly ExecutionHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_policy_replaces_that_of_its_name_and_of_no_other()
    {
        _host.Policies.Set([Policy("a", 1), Policy("b", 1)]);
        _host.Policies.Set([Policy("a", 2)]);

        Assert.Equal(2, PriorityOf("a"));
        Assert.Equal(1, PriorityOf("b"));
    }

    [Fact]
    public void A_name_that_is_removed_has_no_policy()
    {
        _host.Policies.Set([Policy("a", 1), Policy("b", 1)]);
        _host.Policies.Remove(ExecutionHost.Name("a"));

        Assert.Equal([ExecutionHost.Name("b")], _host.Runtime.Policies.Models.Keys);
    }

    [Fact]
    public void The_runtime_hears_nothing_when_nothing_changes()
    {
        _host.Policies.Set([Policy("a", 1)]);
        _host.Policies.Set([Policy("a", 1)]);
        _host.Policies.Set([]);
        _host.Policies.Remove(ExecutionHost.Name("unknown"));

        Assert.Single(_host.Runtime.Calls);
    }

    private int PriorityOf(string name) => _host.Runtime.Policies.Models[ExecutionHost.Name(name)].Priority;

    private static ModelPolicy Policy(string name, int priority) => new()
    {
        Name = ModelName.Parse(name),
        Residency = ResidencyMode.OnDemand,
        Priority = priority,
        Revision = "revision",
        DeclaredAt = "modelops.yaml:5",
    };
}
