using System.Collections.Immutable;
using ModelOps.Reconciler.Gates;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Reconciler.Desired.Settings;

/// <summary>The fields of what is observed of a new build: while it answers a share, and when it has taken over.</summary>
internal static class RollbackSettings
{
    internal static ImmutableArray<SettingGroup> Groups { get; } =
    [
        new(
            "rollout.canary",
            "Which share of the requests the new build answers beside the old one before it serves all. Each answer is by one build. Where "
            + "its engine dies again and again, or one of these is not kept, the old build answers all again and the new one is held; "
            + "otherwise it takes over when the time is over. Both builds must fit into memory together."),
        new(
            "rollout.rollback",
            "When the build that served before comes back by itself: while the new one is observed and its engine dies again and "
            + "again, or one of these is not kept. The model is held then, as after a rollback by command."),
    ];

    internal static ImmutableArray<Setting<ModelSpec>> Rows { get; } = TakeoverSettings.Live(
    [
        Setting<ModelSpec>.Of(
            "rollout.canary.share", new NumberKind(0, 99), "The share, in percent; 0 lets the new build serve all at once.",
            model => model.Rollout.Canary.Share, (model, value, _) => WithCanary(model, canary => canary with { Share = value })),
        Setting<ModelSpec>.Of(
            "rollout.canary.duration", new DurationKind(TimeSpan.FromSeconds(1)), "How long it answers that share; a restart begins anew.",
            model => model.Rollout.Canary.Duration, (model, value, _) => WithCanary(model, canary => canary with { Duration = value })),
        .. RuleRows(
            "rollout.canary", model => model.Rollout.Canary.Rule,
            (model, change) => WithCanary(model, canary => canary with { Rule = change(canary.Rule) })),
        Setting<ModelSpec>.Of(
            "rollout.rollback.automatic", new SwitchKind(), "It comes back.", model => model.Rollout.Rollback.Automatic,
            (model, value, _) => WithRollback(model, rollback => rollback with { Automatic = value })),
        Setting<ModelSpec>.Of(
            "rollout.rollback.observe", new DurationKind(TimeSpan.FromSeconds(1)), "How long a new build is observed.",
            model => model.Rollout.Rollback.Observe,
            (model, value, _) => WithRollback(model, rollback => rollback with { Observe = value })),
        .. RuleRows(
            "rollout.rollback", model => model.Rollout.Rollback.Rule,
            (model, change) => WithRollback(model, rollback => rollback with { Rule = change(rollback.Rule) })),
    ]);

    /// <summary>What the build must keep.</summary>
    private static ImmutableArray<Setting<ModelSpec>> RuleRows(
        string path, Func<ModelSpec, ServiceRule> rule, Func<ModelSpec, Func<ServiceRule, ServiceRule>, ModelSpec> change) =>
    [
        Setting<ModelSpec>.Of(
            $"{path}.minRequests", new NumberKind(1, 1_000_000), "Answers before which only a dying engine counts.",
            model => rule(model).MinRequests, (model, value, _) => change(model, old => old with { MinRequests = value })),
        Setting<ModelSpec>.Of(
            $"{path}.maxErrorRate", new NumberKind(0, 100), "Most failed answers, in percent.",
            model => rule(model).MaxErrorRate, (model, value, _) => change(model, old => old with { MaxErrorRate = value })),
        Setting<ModelSpec>.Of(
            $"{path}.maxFirstToken", new DurationKind(TimeSpan.FromMilliseconds(1)), "Longest time within which 95 of 100 answers begin.",
            model => rule(model).MaxFirstToken, (model, value, _) => change(model, old => old with { MaxFirstToken = value })),
        Setting<ModelSpec>.Of(
            $"{path}.minTokensPerSecond", new DecimalKind(0.001, 1_000_000), "Least tokens a second.",
            model => rule(model).MinTokensPerSecond, (model, value, _) => change(model, old => old with { MinTokensPerSecond = value })),
    ];

    private static ModelSpec WithCanary(ModelSpec model, Func<CanarySpec, CanarySpec> change) =>
        model with { Rollout = model.Rollout with { Canary = change(model.Rollout.Canary) } };

    private static ModelSpec WithRollback(ModelSpec model, Func<RollbackSpec, RollbackSpec> change) =>
        model with { Rollout = model.Rollout with { Rollback = change(model.Rollout.Rollback) } };
}
