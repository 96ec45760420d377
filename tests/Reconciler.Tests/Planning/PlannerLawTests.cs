using FsCheck;
using FsCheck.Fluent;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Planning;

namespace ModelOps.Reconciler.Tests.Planning;

/// <summary>What holds for every plan, whatever is wanted and whatever is there.</summary>
public class PlannerLawTests
{
    private static readonly Config s_manyWorlds = Config.QuickThrowOnFailure.WithMaxTest(2000).WithStartSize(0).WithEndSize(200);

    [Fact]
    public void Equal_states_plan_nothing_and_have_nothing_to_say() => Check(bytes =>
    {
        var world = PlanningWorld.Equal(bytes);
        var plan = Planner.Plan(world.Desired, world.Actual);
        Assert.True(plan.IsEmpty, PlanText.Write(plan, from: null));
        Assert.Empty(plan.Models);
        Assert.Empty(plan.Notes);
    });

    [Fact]
    public void Planning_again_after_applying_plans_nothing() => Check(bytes =>
    {
        var (desired, actual) = PlanningWorld.Any(bytes);
        var plan = Planner.Plan(desired, actual);
        var again = Planner.Plan(desired, Applied.After(plan, actual));
        Assert.True(again.IsEmpty, $"{PlanText.Write(plan, from: null)}\nand then\n{PlanText.Write(again, from: null)}");
    });

    [Fact]
    public void The_same_inputs_plan_the_same_bytes_in_every_process() => Check(bytes =>
    {
        var world = PlanningWorld.Any(bytes);
        var (first, other) = (Planner.Plan(world.Desired, world.Actual), world.InAnotherOrder(salt: 0x5bd1e995));
        var second = Planner.Plan(other.Desired, other.Actual);
        Assert.Equal(PlanJson.WriteText(first), PlanJson.WriteText(second));
        Assert.Equal(PlanDigest.Of(first), PlanDigest.Of(second));
        Assert.Equal(PlanText.Write(first, from: null), PlanText.Write(second, from: null));
    });

    [Fact]
    public void A_name_that_is_neither_declared_nor_ours_is_in_no_step() => Check(bytes =>
    {
        var (desired, actual) = PlanningWorld.Any(bytes);
        HashSet<ModelName> ours = [.. desired.Models.SelectMany(model => model.Names), .. actual.Managed.Keys];
        var touched = Planner.Plan(desired, actual).Models.SelectMany(model => model.Steps).SelectMany(TouchedBy);
        Assert.Subset(ours, touched.ToHashSet());
    });

    [Fact]
    public void A_held_build_is_neither_built_nor_served() => Check(bytes =>
    {
        var (desired, actual) = PlanningWorld.Any(bytes);
        var plan = Planner.Plan(desired, actual);
        foreach (var model in desired.Models.Where(model => actual.Holds.GetValueOrDefault(model.Name)?.Inputs == model.Inputs))
        {
            var steps = plan.Models.Where(planned => planned.Model == model.Name && planned.Action != PlanAction.Remove)
                .SelectMany(planned => planned.Steps);
            Assert.DoesNotContain(steps, step => step is PlanStep.Build or PlanStep.Switch);
            Assert.Contains(plan.Notes, note => note.Reason == "Held" && note.Model == model.Name);
        }
    });

    private static IEnumerable<ModelName> TouchedBy(PlanStep step) => step switch
    {
        PlanStep.Switch change => change.Names,
        PlanStep.Prune prune => [prune.Name],
        _ => [step.Model],
    };

    private static void Check(Action<byte[]> law) => FsCheck.Check.One(s_manyWorlds, Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), law));
}
