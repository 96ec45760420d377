using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Tests.Execution;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Planning;

/// <summary>When a policy comes into force: at once where nothing else changes, else with the names of the model.</summary>
public class PlannedPolicyTests
{
    private static readonly ModelName s_own = ExecutionHost.Name("a");
    private static readonly ModelName s_alias = ExecutionHost.Name("x");

    [Fact]
    public void A_model_that_nothing_changes_gets_the_new_revision_and_place_under_every_name()
    {
        var plan = Planner.Plan(ExecutionHost.State(Model(1)), Serving(Model(1), policies: Model(1), revision: "old"));

        Assert.Empty(plan.Models);
        Assert.Equal([s_own, s_alias], plan.Policies.Select(policy => policy.Name));
        Assert.All(plan.Policies, policy => Assert.Equal(ExecutionHost.Revision, policy.Revision));
    }

    [Fact]
    public void Nothing_comes_into_force_where_everything_is_as_declared()
    {
        var plan = Planner.Plan(ExecutionHost.State(Model(1)), Serving(Model(1), policies: Model(1), ExecutionHost.Revision));

        Assert.Empty(plan.Models);
        Assert.Empty(plan.Policies);
    }

    [Fact]
    public void A_model_that_changes_keeps_its_policy_until_its_names_change()
    {
        var plan = Planner.Plan(ExecutionHost.State(Model(2, "new")), Serving(Model(1), policies: Model(1), revision: "old"));

        Assert.Empty(plan.Policies);
        Assert.Equal(2, Assert.Single(plan.Models).Planned!.Policy.Priority);
    }

    [Fact]
    public void After_a_start_a_model_that_changes_has_a_policy_of_the_revision_whose_build_it_serves()
    {
        var served = Serving(Model(1), policies: null, revision: "served");
        var plan = Planner.Plan(
            ExecutionHost.State(Model(2, "new")),
            served with { Stored = served.Stored.Remove(s_alias), Managed = served.Managed.Remove(s_alias) });

        var policy = Assert.Single(plan.Policies);
        Assert.Equal((s_own, "served", 2), (policy.Name, policy.Revision, policy.Priority));
    }

    private static DesiredModel Model(int priority, string system = "hello") => ExecutionHost.Model(
        "a", system,
        spec: spec => spec with
        {
            Aliases = [s_alias],
            Residency = new ResidencySpec(ResidencyMode.OnDemand, KeepAlive: null, priority),
        });

    private static ActualState Serving(DesiredModel model, DesiredModel? policies, string revision) => new()
    {
        Builds = ImmutableDictionary<string, BuiltState>.Empty.Add(model.Inputs, new BuiltState("build", "")),
        Stored = model.Names.ToImmutableDictionary(name => name, _ => "build"),
        Managed = model.Names.ToImmutableDictionary(
            name => name, _ => new ManagedState(model.Name, "build", model.Inputs, Protect: false, revision)),
        Policies = (policies?.Names ?? []).ToImmutableDictionary(name => name, name => policies!.PolicyOf(name, revision)),
    };
}
