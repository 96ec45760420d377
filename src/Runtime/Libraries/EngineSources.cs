using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Libraries;

/// <summary>The libraries that a program can host engines with. They are looked for, never loaded.</summary>
public sealed class EngineSources
{
    private EngineSources(ImmutableArray<EngineSource> all) => All = all;

    /// <summary>All of them, the default first; at least one.</summary>
    public ImmutableArray<EngineSource> All { get; }

    /// <summary>What a model gets that needs nothing that only another has.</summary>
    public EngineSource Default => All[0];

    /// <summary>Those beside the executable, or one folder instead of them.</summary>
    /// <param name="folder">The folder that <c>MODELOPS_LLAMA_DIR</c> names, or null.</param>
    /// <exception cref="EngineUnavailableException">There are none.</exception>
    public static EngineSources Find(string? folder) => Find(folder, AppContext.BaseDirectory, OnArm);

    /// <summary>
    /// Of those that know every architecture the one that uses the processor's tiles where that is needed; else the first: the default
    /// where it knows them.
    /// </summary>
    /// <param name="needs">Of all weights that are loaded together; empty names of architectures are not known and need nothing.</param>
    /// <exception cref="EngineFailedException">There is none.</exception>
    public EngineChoice Choose(EngineNeeds needs)
    {
        var architectures = needs.Architectures;
        var able = All.Where(source => architectures.All(source.Knows)).ToArray();
        if (able.FirstOrDefault() is not { } chosen)
            throw new EngineFailedException(UnknownArchitecture(architectures.First(name => !Default.Knows(name)), Default.Release!));

        if (needs.UsesTiles && !chosen.UsesTiles && Array.Find(able, source => source.UsesTiles) is { } faster)
        {
            return new EngineChoice(faster, $"only {faster.Release?.Name ?? faster.Name} uses this processor's tiles (AMX)");
        }

        return new EngineChoice(
            chosen,
            architectures.FirstOrDefault(name => !Default.Knows(name)) is { } needed
                ? $"only {EngineRelease.FirstWith(needed)!.Name} knows the architecture {needed}"
                : chosen.Name == EngineSource.Other ? "a setting names their folder"
                : All.Length == 1 ? "there are no others"
                : "the default");
    }

    /// <summary>What a model is hosted with by the rule for all, for people to read; a problem where there is nothing.</summary>
    public static EngineNatives Describe(string? folder, LoadProfile profile) => Describe(folder, sources => sources.Choose(profile.Needs));

    /// <summary>What is chosen of those that there are, for people to read; a problem where there is nothing.</summary>
    internal static EngineNatives Describe(string? folder, Func<EngineSources, EngineChoice> choose)
    {
        try
        {
            var (source, reason, variant) = choose(Find(folder));
            return source.Describe() with { Reason = reason, Variant = variant };
        }
        catch (Exception error) when (error is EngineFailedException or EngineUnavailableException)
        {
            return new EngineNatives { Problem = error.Message };
        }
    }

    /// <summary>All that there are, for people to read; a problem where there is nothing.</summary>
    public static ImmutableArray<EngineNatives> Describe(string? folder)
    {
        try
        {
            return [.. Find(folder).All.Select(source => source.Describe())];
        }
        catch (EngineUnavailableException error)
        {
            return [new EngineNatives { Problem = error.Message }];
        }
    }

    /// <summary>What is to be done about weights whose architecture the release does not know yet.</summary>
    internal static string UnknownArchitecture(string architecture, EngineRelease release) =>
        $"only {EngineRelease.FirstWith(architecture)!.Name} knows the architecture {architecture} of its weights, and there is "
        + $"{release}; build ModelOps with -p:LlamaBackend=both, and leave MODELOPS_LLAMA_DIR unset, to have both";

    internal static EngineSources Find(string? folder, string executableFolder, bool onArm)
    {
        if (folder is { Length: > 0 })
            return new([new EngineSource(EngineSource.Other, Path.GetFullPath(folder), LibraryFiles.ReleaseIn(folder))]);

        EngineSource[] beside =
        [
            new(EngineSource.LLamaSharp, Path.Combine(executableFolder, "engines", EngineSource.LLamaSharp), EngineRelease.LLamaSharp),
            new(EngineSource.LlamaCpp, Path.Combine(executableFolder, "engines", EngineSource.LlamaCpp), EngineRelease.V050),
        ];
        ImmutableArray<EngineSource> there = [.. beside.Where(source => HasFiles(source.Folder)).DistinctBy(source => source.Name)];
        if (there.IsEmpty)
        {
            throw new EngineUnavailableException(
                $"The engine's native libraries are missing: there is no folder of them in {Path.Combine(executableFolder, "engines")}. "
                + "Build ModelOps again, or let MODELOPS_LLAMA_DIR name a folder that has them.");
        }

        // The packages' files for ARM have no dot-product code: quantized weights would be several times slower.
        return new(onArm ? [.. there.Reverse()] : there);
    }

    /// <summary>A build with other libraries leaves the folder of those before it empty behind.</summary>
    private static bool HasFiles(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any();

    private static bool OnArm => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
}
