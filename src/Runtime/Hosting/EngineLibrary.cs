using System.Runtime.InteropServices;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Hosting;

/// <summary>
/// The engine's libraries. The daemon only looks at their files, since it must not load them and yet says at its start what is
/// missing.
/// </summary>
public static class EngineLibrary
{
    /// <summary>Looks for the libraries' files, at the release in their names, and for what they need of the system.</summary>
    /// <param name="options">Where they are, and which variant is asked for.</param>
    /// <exception cref="EngineUnavailableException">
    /// One is not there, or is of another release; or there is no such variant, or the processor cannot compute with it.
    /// </exception>
    public static void Check(EngineOptions options)
    {
        var sources = EngineSources.Find(options.NativeFolder);
        if (options.CpuVariant is { } variant)
            Check(variant, sources);

        foreach (var source in sources.All)
            Check(source, options.CpuVariant);
    }

    /// <summary>Whether the processor has tiles and there is code that uses them, and no setting names a variant for it.</summary>
    public static bool MayUseTiles(string? folder, string? variant)
    {
        try
        {
            return HasTiles(variant) && EngineSources.Find(folder).All.Any(source => source.UsesTiles);
        }
        catch (EngineUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Whether the processor has tiles that nothing uses, and no setting wants it so.</summary>
    /// <exception cref="EngineUnavailableException">There are no libraries.</exception>
    public static bool LacksTiles(string? folder, string? variant) =>
        HasTiles(variant) && !EngineSources.Find(folder).All.Any(source => source.UsesTiles);

    /// <summary>Loads the libraries into this process and says what they are and what they can compute on.</summary>
    /// <param name="options">Where they are, and which variant is asked for.</param>
    /// <exception cref="EngineUnavailableException">They are missing, broken, or of another release.</exception>
    internal static EngineNatives Load(EngineOptions options)
    {
        EnsureLoaded(options, EngineNeeds.Unknown);
        return LlamaLibrary.Loaded.Natives;
    }

    /// <summary>Loads the libraries into this process that suit the first model, once; later calls only look whether they do.</summary>
    /// <param name="options">Where they are, and which variant is asked for.</param>
    /// <param name="needs">Of the weights that are to be loaded.</param>
    /// <exception cref="EngineUnavailableException">They are missing, broken, or of another release.</exception>
    /// <exception cref="EngineFailedException">They do not know an architecture.</exception>
    internal static void EnsureLoaded(EngineOptions options, EngineNeeds needs)
    {
        LlamaLibrary.EnsureLoaded(
            () => EngineSources.Find(options.NativeFolder).Choose(needs).Source, options.CpuVariant, needs.HeadWidth,
            two: !options.OneVariant);
        var release = LlamaLibrary.Loaded.Release;
        if (needs.Architectures.FirstOrDefault(name => !release.Knows(name)) is { } unknown)
            throw new EngineFailedException(EngineSources.UnknownArchitecture(unknown, release));
    }

    private static bool HasTiles(string? variant) => variant is null && ProcessorVectors.HasTiles;

    private static void Check(EngineSource source, string? variant)
    {
        var choice = VariantChoice.Of(source, variant, ProcessorVectors.Level, headWidth: 0);
        foreach (var path in LibraryFiles.Of(source.Folder, choice.Folder)[^1].InOrder)
        {
            if (LibraryFiles.VersionIn(Path.GetFileName(path)) is { } version && EngineRelease.All.All(release => release.Llama != version))
            {
                throw new EngineUnavailableException(
                    $"{path} is llama.cpp {version}; ModelOps is made for {EngineRelease.Known} and calls no other. "
                    + "Let MODELOPS_LLAMA_DIR name a folder with one of them, or unset it.");
            }
        }

        if (!LibraryFiles.CanCompute(source.Folder, choice.Folder))
        {
            throw new EngineUnavailableException(
                $"The engine has nothing to compute with: no libggml-cpu of {EngineRelease.Known} in {source.Folder}.");
        }

        if (SystemLibraries.ProblemOf(source, name => NativeLibrary.TryLoad(name, out _)) is { } problem)
            throw new EngineUnavailableException(problem);
    }

    private static void Check(string variant, EngineSources sources)
    {
        if (!sources.All.Any(source => CpuVariants.Find(variant, source.Variants) is not null))
        {
            throw new EngineUnavailableException(
                $"There is no variant {variant} of the engine for the processor. "
                + string.Join("; ", sources.All.Select(source => $"{source.Name} has {Listed(source.Variants)}")) + ".");
        }
    }

    private static string Listed(IReadOnlyCollection<string> variants) =>
        variants.Count == 0 ? "one for all processors" : string.Join(", ", variants);
}
