using ModelOps.Reconciler.Settings;

namespace ModelOps.Reconciler.Desired.Settings;

/// <summary>The fields of what a gate measures besides its questions.</summary>
internal static class GateSettings
{
    internal static SettingTable<EmbeddingCheck> Embedding { get; } = new(
        new EmbeddingCheck("", "", 0.98),
        [new SettingGroup("", "A text whose vector must be near to one that is kept in the repository.")],
        [
            Setting<EmbeddingCheck>.Of(
                "text", TextKinds.Any, "The text.", check => check.Text, (check, value, _) => check with { Text = value }) with
            {
                Required = true,
            },
            Setting<EmbeddingCheck>.Of(
                "vector", ModelKinds.Path, "Path of the file with the vector: a JSON list of numbers, as `/api/embed` gives one.",
                check => check.Path.Length == 0 ? null : check.Path, (check, value, _) => check with { Path = value }) with
            {
                Required = true,
            },
            Setting<EmbeddingCheck>.Of(
                "minCosine", new DecimalKind(-1, 1), "Least cosine of the angle between both.", check => check.MinCosine,
                (check, value, _) => check with { MinCosine = value }),
        ]);

    internal static SettingTable<LikelihoodCheck> Likelihood { get; } = new(
        new LikelihoodCheck("", -5),
        [new SettingGroup("", "A text that must be likely enough to the new build.")],
        [
            Setting<LikelihoodCheck>.Of(
                "text", TextKinds.Any, "The text, as it stands and without a template; at least two tokens.", check => check.Text,
                (check, value, _) => check with { Text = value }) with
            {
                Required = true,
            },
            Setting<LikelihoodCheck>.Of(
                "minPerToken", new DecimalKind(-100, 0),
                "Least natural logarithm of the probability of a token behind those before it, on the average.",
                check => check.MinPerToken, (check, value, _) => check with { MinPerToken = value }),
        ]);
}
