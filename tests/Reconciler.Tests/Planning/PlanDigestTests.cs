using FsCheck;
using FsCheck.Fluent;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Gates;
using ModelOps.Reconciler.Planning;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Planning;

/// <summary>
/// The digest covers the whole plan: no value in it, in any kind of step, can change without it. Values are found by reflection, so a field
/// that is added later is covered or this fails.
/// </summary>
public class PlanDigestTests
{
    [Fact]
    public void Every_changed_field_of_every_plan_changes_the_digest() =>
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60).WithStartSize(0).WithEndSize(200),
            Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
            {
                var (desired, actual) = PlanningWorld.Any(bytes);
                AssertAllCount(Planner.Plan(desired, actual));
            }));

    [Fact]
    public void Every_field_of_every_kind_of_step_counts()
    {
        var name = ModelName.Parse("a");
        var smoke = new SmokeSpec("Say ok.", "ok", "^ok$", 8, TimeSpan.FromSeconds(20));
        var gate = new GateSpec
        {
            Smoke = [smoke with { Schema = "{}", NotEmpty = true }],
            MinTokensPerSecond = 20,
            MaxFirstToken = TimeSpan.FromSeconds(2),
            Embedding = [new EmbeddingCheck("hi", "v.json", 0.9) { Vector = [1, 2] }],
            Likelihood = [new LikelihoodCheck("hi there", -3)],
        };
        PlanStep[] steps =
        [
            new PlanStep.Build(name, "inputs"),
            new PlanStep.Warm(name, "inputs", RolloutStrategy.DrainSwap) { Queue = new QueueSpec(1, TimeSpan.FromSeconds(1)) },
            new PlanStep.Gate(name, "inputs", "attempt", gate),
            new PlanStep.Canary(
                name, "inputs", "attempt",
                new CanarySpec(5)
                {
                    Rule = new ServiceRule { MaxFirstToken = TimeSpan.FromSeconds(2), MinTokensPerSecond = 3 },
                }),
            new PlanStep.Switch(name, "inputs", [name]),
            new PlanStep.Declare(name),
            new PlanStep.Load(name),
            new PlanStep.Prune(name, name),
        ];
        Assert.Equal(
            typeof(PlanStep).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(PlanStep))).ToHashSet(),
            steps.Select(step => step.GetType()).ToHashSet());
        var policy = new ModelPolicy
        {
            Name = name,
            Residency = ResidencyMode.Always,
            KeepAlive = TimeSpan.FromMinutes(1),
            Runtime = new RuntimeSettings(2048, 4, "f16") { LookupTokens = 1, PrefixTokens = 2, DraftTokens = 3 },
            Revision = "revision",
            DeclaredAt = "modelops.yaml:5",
        };

        AssertAllCount(new Plan("revision", [], [new PlanNote("Held", name, "why")])
        {
            Models =
            [
                new ModelPlan
                {
                    Model = name,
                    Action = PlanAction.Add,
                    Class = ModelfileLang.Diff.UpdateClass.Weights,
                    Changes = [new PlanChange("SYSTEM", ModelfileLang.Diff.UpdateClass.Live, "old", "new")],
                    Steps = [.. steps],
                    After = [name],
                    Planned = new PlannedModel([name], policy, Protect: true),
                },
            ],
            Policies = [policy],
            BlobRetention = TimeSpan.FromDays(1),
        });
    }

    private static void AssertAllCount(Plan plan)
    {
        var digest = PlanDigest.Of(plan);
        foreach (var (path, changed) in Mutants.Of(plan))
            Assert.True(PlanDigest.Of((Plan)changed) != digest, $"{path} can change without the digest");
    }
}
