using ModelOps.ModelStore;
using ModelOps.ModelStore.Gguf;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;

namespace ModelOps.Runtime.Variants;

/// <summary>Which libraries a model is hosted with: by what was measured of its shape, else by the rule for all models.</summary>
/// <param name="memory">What was measured; null where nothing is.</param>
/// <param name="processors">How many processors compute.</param>
internal sealed class VariantAdvice(VariantMemory? memory, int processors)
{
    /// <exception cref="EngineFailedException">There are none that know all its architectures.</exception>
    internal EngineChoice Choose(EngineSources sources, LoadProfile profile)
    {
        var rule = sources.Choose(profile.Needs);
        return JudgementOf(sources, profile) is { } judgement
            && sources.All.FirstOrDefault(source => source.Name == judgement.Source) is { } source
            && profile.Architectures.All(source.Knows)
                ? new EngineChoice(source, judgement.Reason, judgement.Variant)
                : rule;
    }

    /// <summary>What is known of it; null when it is to be measured, or never is.</summary>
    internal VariantJudgement? JudgementOf(EngineSources sources, LoadProfile profile) =>
        memory is not null && KeyOf(sources, profile) is { } key ? memory.Find(key) : null;

    /// <summary>What a judgement of it is kept by; null when it is never measured.</summary>
    /// <remarks>
    /// Tiles are no matter of some per cent, and take memory that was counted for them. Embeddings are computed in other calls than
    /// answers, and layers on a GPU by no variant.
    /// </remarks>
    internal string? KeyOf(EngineSources sources, LoadProfile profile)
    {
        if (profile.UsesTiles || profile.Embeddings || profile.GpuLayers > 0)
            return null;
        try
        {
            return VariantKey.Of(GgufFile.Read(profile.Weights), profile, sources, processors);
        }
        catch (Exception error) when (error is StoreException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
