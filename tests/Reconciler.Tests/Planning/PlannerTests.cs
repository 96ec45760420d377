using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Tests.Execution;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Planning;

/// <summary>Worlds that broke a law once.</summary>
public class PlannerTests
{
    [Fact]
    public void A_pinned_model_that_is_not_in_memory_is_loaded_also_when_one_of_its_aliases_is_wrong()
    {
        var model = ExecutionHost.Model(
            "a", spec: spec => spec with { Aliases = [ModelName.Parse("x")], Residency = new ResidencySpec(ResidencyMode.Always) });
        var actual = new ActualState
        {
            Builds = ImmutableDictionary<string, BuiltState>.Empty.Add(model.Inputs, new BuiltState("build", "")),
            Stored = ImmutableDictionary<ModelName, string>.Empty.Add(model.Name, "build"),
        };

        var steps = Assert.Single(Planner.Plan(ExecutionHost.State(model), actual).Models).Steps;
        Assert.Equal(["Switch", "Load"], steps.Select(step => step.Word));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Models_that_a_revision_adds_count_in_the_whole_before_and_after_they_are_there(int added, bool blocked)
    {
        var desired = ExecutionHost.State(
            [.. Enumerable.Range(0, added).Select(number => ExecutionHost.Model($"new{number}", $"system {number}"))]);
        desired = desired with { Set = desired.Set with { Prune = new PruneSpec { MaxDeletes = new Share(50, IsPercent: true) } } };
        var actual = new ActualState
        {
            Managed = new[] { "old0", "old1" }.Select(ModelName.Parse)
                .ToImmutableDictionary(name => name, name => new ManagedState(name, "build", "other inputs", Protect: false)),
        };

        Assert.Equal(blocked, Planner.Plan(desired, actual).Notes.Any(note => note.Reason == "PruneBlocked"));
        Assert.Equal(
            blocked,
            Planner.Plan(desired, Applied.After(Planner.Plan(desired, actual), actual)).Notes.Any(
                note => note.Reason == "PruneBlocked"));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public void A_model_that_stays_excuses_the_loss_of_one_of_the_same_inputs_and_not_of_all(int gone, bool blocked)
    {
        var stays = ExecutionHost.Model("stays", "the same");
        var desired = ExecutionHost.State(stays);
        desired = desired with { Set = desired.Set with { Prune = new PruneSpec { MaxDeletes = new Share(1, IsPercent: false) } } };
        var actual = new ActualState
        {
            Managed = Enumerable.Range(0, gone).Select(number => ModelName.Parse($"gone{number}")).Append(stays.Name)
                .ToImmutableDictionary(name => name, name => new ManagedState(name, "build", stays.Inputs, Protect: false)),
        };

        Assert.Equal(blocked, Planner.Plan(desired, actual).Notes.Any(note => note.Reason == "PruneBlocked"));
    }
}
