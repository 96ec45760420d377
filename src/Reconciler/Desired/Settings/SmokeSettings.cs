using ModelOps.Reconciler.Gates;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Reconciler.Desired.Settings;

/// <summary>The fields of a smoke question.</summary>
internal static class SmokeSettings
{
    private static readonly JsonKind s_schema = new(
        "a JSON Schema",
        value => AnswerSchema.ProblemOf(value) is { } problem
            ? new SettingProblem("DS1029", problem, "use the keywords that judge one value by itself, such as type, properties and enum")
            : null);

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
                "expect.schema", s_schema, "JSON Schema that the answer must fit; the answer is nothing but JSON then.",
                smoke => smoke.Schema, (smoke, value, _) => smoke with { Schema = value }),
            Setting<SmokeSpec>.Of(
                "expect.notEmpty", new SwitchKind(), "The answer must not be empty, whatever else is expected.", smoke => smoke.NotEmpty,
                (smoke, value, _) => smoke with { NotEmpty = value }),
            Setting<SmokeSpec>.Of(
                "maxTokens", new NumberKind(1, 4096), "Longest answer, in tokens.", smoke => smoke.MaxTokens,
                (smoke, value, _) => smoke with { MaxTokens = value }),
            Setting<SmokeSpec>.Of(
                "timeout", new DurationKind(TimeSpan.FromMilliseconds(1)), "Longest time to answer.", smoke => smoke.Timeout,
                (smoke, value, _) => smoke with { Timeout = value }),
        ]);
}
