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
    /// <inheritdoc cref="Choose(EngineSources, LoadProfile, string?)"/>
    internal EngineChoice Choose(EngineSources sources, LoadProfile profile) => Choose(sources, profile, KeyOf(sources, profile));

    /// <param name="sources">Libraries to choose from.</param>
    /// <param name="profile">The model.</param>
    /// <param name="key">Its <see cref="KeyOf"/>, which reads the head of its file.</param>
    /// <exception cref="EngineFailedException">There are none that know all its architectures.</exception>
    internal EngineChoice Choose(EngineSources sources, LoadProfile profile, string? key)
    {
        var rule = sources.Choose(profile.Needs);
        return key is not null && memory?.Find(key) is { } judgement
            && sources.All.FirstOrDefault(source => source.Name == judgement.Source) is { } source
            && profile.Architectures.All(source.Knows)
                ? new EngineChoice(source, judgement.Reason, judgement.Variant)
                : rule;
    }

    /// <summary>What a judgement of it is kept by; null when it is never measured.</summary>
    /// <remarks>
    /// Tiles are no matter of some per cent, and take memory that was counted for them. Embeddings are computed in other calls than
    /// answers, and layers on a GPU by no variant.
    /// </remarks>
    internal string? KeyOf(EngineSources sources, LoadProfile profile)
    {
        if (memory is null || profile.UsesTiles || profile.Embeddings || profile.GpuLayers > 0)
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
