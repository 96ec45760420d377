using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Execution;

public sealed class PolicyBookTests : IDisposable
{
    private readonly ExecutionHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_model_that_waits_for_its_build_keeps_the_policy_that_it_has()
    {
        _host.Policies.Set(ModelWith(1), "old");
        _host.Policies.Settle(ExecutionHost.State(ModelWith(2)), waiting: [ExecutionHost.Name("a")]);

        Assert.Equal(1, PriorityOf("a"));
    }

    [Fact]
    public void A_model_that_waits_for_nothing_gets_its_new_policy_under_every_name()
    {
        _host.Policies.Set(ModelWith(1), "old");
        _host.Policies.Settle(ExecutionHost.State(ModelWith(2)), waiting: []);

        Assert.Equal(2, PriorityOf("a"));
        Assert.Equal(2, PriorityOf("x"));
    }

    [Fact]
    public void After_a_start_a_model_that_waits_has_a_policy_of_the_revision_whose_build_it_serves()
    {
        var name = ExecutionHost.Name("a").FullName;
        _host.Managed.Set([new ManagedName(name, name, "build", "inputs", "served", Protect: false)]);
        _host.Policies.Settle(ExecutionHost.State(ModelWith(2)), waiting: [ExecutionHost.Name("a")]);

        Assert.Equal("served", _host.Runtime.Policies.Models[ExecutionHost.Name("a")].Revision);
        Assert.DoesNotContain(ExecutionHost.Name("x"), _host.Runtime.Policies.Models.Keys);
    }

    [Fact]
    public void The_runtime_hears_nothing_when_nothing_changes()
    {
        _host.Policies.Settle(ExecutionHost.State(ModelWith(1)), waiting: []);
        _host.Policies.Settle(ExecutionHost.State(ModelWith(1)), waiting: []);
        _host.Policies.Remove(ExecutionHost.Name("unknown"));

        Assert.Single(_host.Runtime.Calls);
    }

    private int PriorityOf(string name) => _host.Runtime.Policies.Models[ExecutionHost.Name(name)].Priority;

    private static DesiredModel ModelWith(int priority) => ExecutionHost.Model(
        "a",
        spec: spec => spec with
        {
            Aliases = [ExecutionHost.Name("x")],
            Residency = new ResidencySpec(ResidencyMode.OnDemand, KeepAlive: null, priority),
        });
}
