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

    internal static EngineSources Find(string? folder, string executableFolder, bool onArm)
    {
        if (folder is { Length: > 0 })
            return new([new EngineSource(EngineSource.Other, Path.GetFullPath(folder), LibraryFiles.ReleaseIn(folder))]);

        EngineSource[] beside =
        [
            new(EngineSource.LLamaSharp, Path.Combine(executableFolder, "engines", EngineSource.LLamaSharp), EngineRelease.LLamaSharp),
            new(EngineSource.LlamaCpp, Path.Combine(executableFolder, "engines", EngineSource.LlamaCpp), EngineRelease.V050),
            new(EngineSource.LlamaCpp, Path.Combine(executableFolder, "llama"), EngineRelease.V050),
        ];
        ImmutableArray<EngineSource> there = [.. beside.Where(source => Directory.Exists(source.Folder)).DistinctBy(source => source.Name)];
        if (there.IsEmpty)
        {
            throw new EngineUnavailableException(
                $"The engine's native libraries are missing: there is no folder of them in {Path.Combine(executableFolder, "engines")}. "
                + "Build ModelOps again, or let MODELOPS_LLAMA_DIR name a folder that has them.");
        }

        // The packages' files for ARM have no dot-product code: quantized weights would be several times slower.
        return new(onArm ? [.. there.Reverse()] : there);
    }

    private static bool OnArm => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
}
