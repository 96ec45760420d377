using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diff;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Reconciler.Desired.Settings;

/// <summary>The fields of how a new build and the old one share the machine.</summary>
internal static class TakeoverSettings
{
    internal static ImmutableArray<SettingGroup> Groups { get; } =
    [
        new("rollout.drain", "How a replaced build ends. Its answers come to their end, however long they take."),
        new(
            "rollout.queue",
            "Which requests wait while neither the old build nor the new one answers, since both do not fit. How long that took is told "
            + "in the status."),
    ];

    internal static ImmutableArray<Setting<ModelSpec>> Rows { get; } = Live(
        Setting<ModelSpec>.Of(
            "rollout.strategy",
            new WordKind<RolloutStrategy>(("warmStandby", RolloutStrategy.WarmStandby), ("drainSwap", RolloutStrategy.DrainSwap)),
            "warmStandby: warm beside the old one first; drainSwap: the old one is unloaded first.", model => model.Rollout.Strategy,
            (model, value, _) => model with { Rollout = model.Rollout with { Strategy = value } }),
        Setting<ModelSpec>.Of(
            "rollout.fallback",
            new WordKind<RolloutFallback>(("drainSwap", RolloutFallback.DrainSwap), ("none", RolloutFallback.None)),
            "What warmStandby does where both do not fit; none: the old one goes on, and the new one is tried again later. With a canary "
            + "it is none.",
            model => model.Rollout.Fallback,
            (model, value, _) => model with { Rollout = model.Rollout with { Fallback = value } }),
        Setting<ModelSpec>.Of(
            "rollout.drain.deadline", new DurationKind(TimeSpan.FromSeconds(1)),
            "How long the last answers of a replaced build may take until an event tells that they go on; none is cut.",
            model => model.Rollout.Drain.Deadline,
            (model, value, _) => model with { Rollout = model.Rollout with { Drain = new DrainSpec { Deadline = value } } }),
        Setting<ModelSpec>.Of(
            "rollout.queue.maxRequests", new NumberKind(0, 1_000_000), "How many; more are refused with 503.",
            model => model.Rollout.Queue.MaxRequests,
            (model, value, _) => model with { Rollout = model.Rollout with { Queue = model.Rollout.Queue with { MaxRequests = value } } })
        with
        {
            Otherwise = "the host's limit",
        },
        Setting<ModelSpec>.Of(
            "rollout.queue.maxWait", new DurationKind(TimeSpan.FromMilliseconds(1)), "How long; one that waits longer is refused with 503.",
            model => model.Rollout.Queue.MaxWait,
            (model, value, _) => model with { Rollout = model.Rollout with { Queue = model.Rollout.Queue with { MaxWait = value } } })
        with
        {
            Otherwise = "the host's limit",
        });

    /// <summary>Rows that touch no engine, and that defaults may give.</summary>
    internal static ImmutableArray<Setting<ModelSpec>> Live(params ImmutableArray<Setting<ModelSpec>> rows) =>
        [.. rows.Select(row => row with { Class = UpdateClass.Live, Inherited = true })];
}
