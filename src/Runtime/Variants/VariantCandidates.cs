using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;

namespace ModelOps.Runtime.Variants;

/// <summary>The variants that may be best for a model: a name, or null for what the libraries of the source choose themselves.</summary>
internal static class VariantCandidates
{
    /// <summary>Heads of models for which the rule takes the widest vectors, and the next narrower ones.</summary>
    private static readonly int[] s_heads = [0, 32];

    /// <summary>The one of the rule first. What has narrower vectors than the processor's last but one is never better.</summary>
    /// <param name="sources">Libraries to choose from.</param>
    /// <param name="profile">The model.</param>
    /// <param name="processor">What the processor has.</param>
    internal static IReadOnlyList<(EngineSource Source, string? Variant)> Of(
        EngineSources sources, LoadProfile profile, VectorLevel processor)
    {
        var rule = sources.Choose(profile.Needs).Source;
        var first = (rule, VariantChoice.Of(rule, null, processor, profile.HeadWidth).Name);
        var others = sources.All.Where(source => profile.Architectures.All(source.Knows))
            .SelectMany(source => Names(source, processor).Select(name => (source, name)));
        return [.. others.Prepend(first).Distinct()];
    }

    private static IEnumerable<string?> Names(EngineSource source, VectorLevel processor) =>
        s_heads.Select(head => VariantChoice.Of(source, null, processor, head).Name);
}
