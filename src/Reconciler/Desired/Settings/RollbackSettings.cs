using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diff;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Reconciler.Desired.Settings;

/// <summary>The fields of a rollback that comes by itself.</summary>
internal static class RollbackSettings
{
    internal static ImmutableArray<Setting<ModelSpec>> Rows { get; } = Live(
        Setting<ModelSpec>.Of(
            "rollout.rollback.automatic", new SwitchKind(), "It comes back.", model => model.Rollout.Rollback.Automatic,
            (model, value, _) => With(model, rollback => rollback with { Automatic = value })),
        Setting<ModelSpec>.Of(
            "rollout.rollback.observe", new DurationKind(TimeSpan.FromSeconds(1)), "How long a new build is observed.",
            model => model.Rollout.Rollback.Observe, (model, value, _) => With(model, rollback => rollback with { Observe = value })),
        Setting<ModelSpec>.Of(
            "rollout.rollback.minRequests", new NumberKind(1, 1_000_000), "Answers before which only a dying engine counts.",
            model => model.Rollout.Rollback.MinRequests,
            (model, value, _) => With(model, rollback => rollback with { MinRequests = value })),
        Setting<ModelSpec>.Of(
            "rollout.rollback.maxErrorRate", new NumberKind(0, 100), "Most failed answers, in percent.",
            model => model.Rollout.Rollback.MaxErrorRate,
            (model, value, _) => With(model, rollback => rollback with { MaxErrorRate = value })),
        Setting<ModelSpec>.Of(
            "rollout.rollback.maxFirstToken", new DurationKind(TimeSpan.FromMilliseconds(1)),
            "Longest time within which 95 of 100 answers begin.", model => model.Rollout.Rollback.MaxFirstToken,
            (model, value, _) => With(model, rollback => rollback with { MaxFirstToken = value })),
        Setting<ModelSpec>.Of(
            "rollout.rollback.minTokensPerSecond", new DecimalKind(0.001, 1_000_000), "Least tokens a second.",
            model => model.Rollout.Rollback.MinTokensPerSecond,
            (model, value, _) => With(model, rollback => rollback with { MinTokensPerSecond = value })));

    private static ModelSpec With(ModelSpec model, Func<RollbackSpec, RollbackSpec> change) =>
        model with { Rollout = model.Rollout with { Rollback = change(model.Rollout.Rollback) } };

    private static ImmutableArray<Setting<ModelSpec>> Live(params ImmutableArray<Setting<ModelSpec>> rows) =>
        [.. rows.Select(row => row with { Class = UpdateClass.Live, Inherited = true })];
}
