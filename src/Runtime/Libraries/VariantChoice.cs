using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Libraries;

/// <summary>Which variant for the processor a process computes with.</summary>
/// <param name="Name">Its name; null leaves the choice to the libraries, or there is only one.</param>
/// <param name="Folder">Its folder below the source's; null where the variants are libraries of one folder, or there is only one.</param>
/// <param name="IsAsked">A setting named it.</param>
internal sealed record VariantChoice(string? Name, string? Folder, bool IsAsked)
{
    /// <summary>The one that was asked for if the source has it, else the one that suits.</summary>
    /// <param name="source">Where to choose from.</param>
    /// <param name="asked">What a setting names, or null.</param>
    /// <param name="processor">What the processor has.</param>
    /// <param name="headWidth">Numbers of an attention head of the model, 0 when unknown.</param>
    /// <exception cref="EngineUnavailableException">The processor can run none of them, or not the one that was asked for.</exception>
    internal static VariantChoice Of(EngineSource source, string? asked, VectorLevel processor, int headWidth)
    {
        var there = source.Variants;
        if (there.IsEmpty)
            return new(null, null, IsAsked: false);

        var areFolders = Directory.Exists(Path.Combine(source.Folder, there[0]));
        if (asked is not null && CpuVariants.Find(asked, there) is { } named)
        {
            return CpuVariants.LevelOf(named) > processor
                ? throw new EngineUnavailableException(
                    $"This processor cannot compute with {named}, which was asked for; there are {string.Join(", ", there)}.")
                : new(named, areFolders ? named : null, IsAsked: true);
        }

        // Libraries of one folder say how well they suit; they are only told when vectors must not be too wide for the model.
        var chosen = areFolders ? CpuVariants.Choose(there, processor, headWidth)
            : CpuVariants.WidestFor(headWidth) < VectorLevel.Avx512 ? CpuVariants.Find("avx2", there)
            : null;
        return areFolders && chosen is null
            ? throw new EngineUnavailableException(
                $"This processor can compute with none of the variants in {source.Folder}: {string.Join(", ", there)}.")
            : new(chosen, areFolders ? chosen : null, IsAsked: false);
    }
}
