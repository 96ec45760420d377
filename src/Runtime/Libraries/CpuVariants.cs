using System.Collections.Immutable;

namespace ModelOps.Runtime.Libraries;

/// <summary>How wide the vectors are that a processor computes with, and whose registers the operating system saves.</summary>
internal enum VectorLevel
{
    /// <summary>128 bits.</summary>
    Basic,

    /// <summary>256 bits for floating point, with fused multiplication; AVX, FMA, F16C and BMI2.</summary>
    Avx,

    /// <summary>256 bits; AVX2.</summary>
    Avx2,

    /// <summary>512 bits; AVX-512 F, CD, BW, DQ and VL.</summary>
    Avx512,
}

/// <summary>The variants of the libraries for processors: a folder for each, or a library for each.</summary>
internal static class CpuVariants
{
    /// <summary>
    /// Vectors of 512 bits attend 64 numbers of a head at once, and those of a narrower head one by one, each converted in software: a
    /// step then takes several times as long as with vectors of 256 bits.
    /// </summary>
    private const int WideHead = 64;

    /// <summary>The library whose code uses a processor's tiles.</summary>
    internal const string WithTiles = "sapphirerapids";

    /// <summary>Folders of the packages and the libraries that correspond to them, narrowest first.</summary>
    private static readonly ImmutableArray<(string Folder, string Library, VectorLevel Level)> s_known =
    [
        ("noavx", "x64", VectorLevel.Basic),
        ("avx", "sandybridge", VectorLevel.Avx),
        ("avx2", "haswell", VectorLevel.Avx2),
        ("avx512", "skylakex", VectorLevel.Avx512),
    ];

    private static readonly ImmutableArray<string> s_wide =
        ["avx512", "skylakex", "cannonlake", "cascadelake", "icelake", "cooperlake", "zen4", WithTiles];

    private static readonly ImmutableArray<string> s_narrow = ["avx2", "alderlake", "haswell"];

    /// <summary>Names of the variants in a folder, in order; empty where there is one for all processors.</summary>
    internal static ImmutableArray<string> In(string folder)
    {
        if (!Directory.Exists(folder))
            return [];

        var folders = Directory.EnumerateDirectories(folder).Where(IsVariant).Select(path => Path.GetFileName(path));
        var libraries = Directory.EnumerateFiles(folder)
            .Select(path => LibraryFiles.PartBehind(path, LibraryFiles.Cpu + "-")).OfType<string>();
        return [.. folders.Concat(libraries).Order(StringComparer.Ordinal)];
    }

    /// <summary>Folders with code for a processor; those of other devices have none.</summary>
    internal static bool IsVariant(string folder) => LibraryFiles.TryFind(folder, LibraryFiles.Cpu) is not null;

    /// <summary>The widest vectors to attend with; see <see cref="WideHead"/>.</summary>
    /// <param name="headWidth">Numbers of an attention head of the model, 0 when unknown.</param>
    internal static VectorLevel WidestFor(int headWidth) => headWidth is > 0 and < WideHead ? VectorLevel.Avx2 : VectorLevel.Avx512;

    /// <summary>
    /// Whether the code with tiles is what a model should compute with. What is not known to be wide may be narrow, for which that code
    /// is not chosen.
    /// </summary>
    internal static bool SuitTiles(int headWidth) => headWidth >= WideHead;

    /// <summary>The variant that suits a processor and a model best; null when none of them is known to run.</summary>
    internal static string? Choose(IReadOnlyCollection<string> there, VectorLevel processor, int headWidth)
    {
        var widest = (VectorLevel)Math.Min((int)processor, (int)WidestFor(headWidth));
        return s_known.Where(variant => variant.Level <= widest).Select(variant => variant.Folder).LastOrDefault(there.Contains);
    }

    /// <summary>
    /// Variants with vectors of 256 bits beside one with 512, the best first: they compute steps of some sizes faster. Empty where the
    /// heads of the model are narrow, for which the wider one is not chosen in the first place.
    /// </summary>
    internal static IEnumerable<string> Beside(string? chosen, IReadOnlyCollection<string> there, int headWidth) =>
        headWidth >= WideHead && chosen is not null && s_wide.Contains(chosen) ? s_narrow.Where(there.Contains) : [];

    /// <summary>
    /// The variant that was asked for: its own name, that of the one that corresponds to it, or with <c>cpu_</c> in front as
    /// <c>OLLAMA_LLM_LIBRARY</c> spells them; null when there is none.
    /// </summary>
    internal static string? Find(string asked, IReadOnlyCollection<string> there)
    {
        var bare = asked == "cpu" ? "noavx" : asked.StartsWith("cpu_", StringComparison.Ordinal) ? asked["cpu_".Length..] : asked;
        var known = s_known.FirstOrDefault(variant => bare == variant.Folder || bare == variant.Library);
        return ((string?[])[bare, known.Folder, known.Library]).FirstOrDefault(name => name is not null && there.Contains(name));
    }

    /// <summary>What a variant needs of a processor; null when that is not known.</summary>
    internal static VectorLevel? LevelOf(string variant)
    {
        var at = s_known.FirstOrDefault(known => variant == known.Folder || variant == known.Library);
        return at.Folder is null ? null : at.Level;
    }
}
