using ModelOps.Reconciler.Settings;

namespace ModelOps.Reconciler.Desired.Settings;

/// <summary>The fields of a smoke question.</summary>
internal static class SmokeSettings
{
    internal static SettingTable<SmokeSpec> Table { get; } = new(
        new SmokeSpec("", Contains: null, Regex: null, MaxTokens: 32, TimeSpan.FromSeconds(60)),
        [
            new SettingGroup("", "One question that the new build must answer before it serves."),
            new SettingGroup("expect", "What the answer must be like; without it, not empty."),
        ],
        [
            Setting<SmokeSpec>.Of(
                "prompt", TextKinds.Any, "What is asked, at temperature 0.", smoke => smoke.Prompt,
                (smoke, value, _) => smoke with { Prompt = value }) with
            {
                Required = true,
            },
            Setting<SmokeSpec>.Of(
                "expect.contains", TextKinds.Any, "Text that the answer must hold.", smoke => smoke.Contains,
                (smoke, value, _) => smoke with { Contains = value }),
            Setting<SmokeSpec>.Of(
                "expect.regex", ModelKinds.Expression, "Regular expression that the answer must match.", smoke => smoke.Regex,
                (smoke, value, _) => smoke with { Regex = value }),
            Setting<SmokeSpec>.Of(
                "maxTokens", new NumberKind(1, 4096), "Longest answer, in tokens.", smoke => smoke.MaxTokens,
                (smoke, value, _) => smoke with { MaxTokens = value }),
            Setting<SmokeSpec>.Of(
                "timeout", new DurationKind(TimeSpan.FromMilliseconds(1)), "Longest time to answer.", smoke => smoke.Timeout,
                (smoke, value, _) => smoke with { Timeout = value }),
        ]);
}
