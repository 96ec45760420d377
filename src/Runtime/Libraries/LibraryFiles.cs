using System.Collections.Immutable;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Libraries;

/// <summary>Files of the engine that belong together.</summary>
/// <param name="Base">The library of tensors and devices.</param>
/// <param name="Registry">The library of what can compute.</param>
/// <param name="Llama">The library of models.</param>
/// <param name="Computing">Those that the registry is linked to and that may lie in another folder.</param>
internal sealed record LibraryFiles(string Base, string Registry, string Llama, ImmutableArray<string> Computing)
{
    /// <summary>Bare name of the library of tensors.</summary>
    internal const string Ggml = "ggml-base";

    /// <summary>Bare name of the registry.</summary>
    internal const string GgmlRegistry = "ggml";

    /// <summary>Bare name of what computes with the processor; variants in one folder have <c>-</c> and a name behind it.</summary>
    internal const string Cpu = "ggml-cpu";

    /// <summary>Bare name of the library of models.</summary>
    internal const string Models = "llama";

    /// <summary>All, in the order in which they must be loaded.</summary>
    internal ImmutableArray<string> InOrder => [Base, .. Computing, Registry, Llama];

    /// <summary>
    /// What to load from a source, the best first: with the code for other devices where a folder has some, and without. Such a folder
    /// (<c>cuda12</c>) has every library but the one for the processor, which comes from the variant's folder.
    /// </summary>
    /// <param name="folder">The source.</param>
    /// <param name="variant">Folder of the variant, or null where the source has none.</param>
    /// <exception cref="EngineUnavailableException">A file is missing.</exception>
    internal static ImmutableArray<LibraryFiles> Of(string folder, string? variant)
    {
        var home = variant is null ? folder : Path.Combine(folder, variant);
        ImmutableArray<string> processor = TryFind(home, Cpu) is { } cpu ? [cpu] : [];
        var devices = Directory.Exists(folder) && !processor.IsEmpty
            ? Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)
                .Where(path => !CpuVariants.IsVariant(path) && TryFind(path, Models) is not null)
            : [];
        return [.. devices.Select(device => In(device, [.. processor, .. Devices(device)])), In(home, processor)];
    }

    /// <summary>Whether there is something to compute with.</summary>
    internal static bool CanCompute(string folder, string? variant) =>
        variant is not null || Directory.EnumerateFiles(folder).Any(path => PartBehind(path, Cpu) is not null);

    /// <summary>The full path of a library.</summary>
    /// <exception cref="EngineUnavailableException">It is missing.</exception>
    internal static string Find(string folder, string name) => TryFind(folder, name) ?? throw new EngineUnavailableException(
        $"The engine's native library is missing: no lib{name} of {EngineRelease.Known} in {folder}. "
        + "Build ModelOps again, or let MODELOPS_LLAMA_DIR name a folder that has it.");

    /// <summary>
    /// The file of a library: <c>libllama.so</c>, <c>libllama.v0.5.0.so</c>, <c>libllama.cuda.v0.5.0.so</c>, <c>llama.dll</c>, …
    /// </summary>
    internal static string? TryFind(string folder, string name) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).FirstOrDefault(path => PartBehind(path, name + ".") is not null)
        : null;

    /// <summary>What stands in the name of a library between <paramref name="start"/> and the next dot; null for other files.</summary>
    internal static string? PartBehind(string path, string start)
    {
        var file = Path.GetFileName(path);
        var bare = file.StartsWith("lib", StringComparison.Ordinal) ? file[3..] : file;
        return bare.StartsWith(start, StringComparison.Ordinal) && IsLibrary(bare) ? bare[start.Length..].Split('.')[0] : null;
    }

    /// <summary>The release that names of files say; null when they say none.</summary>
    internal static EngineRelease? ReleaseIn(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder).Select(path => VersionIn(Path.GetFileName(path))).OfType<string>()
            .Select(version => EngineRelease.All.FirstOrDefault(release => release.Llama == version))
            .FirstOrDefault(release => release is not null)
        : null;

    /// <summary>Some names carry the version (<c>libllama.v0.5.0.so</c>, <c>libllama.vulkan.v0.5.0.so</c>), some do not.</summary>
    internal static string? VersionIn(string file)
    {
        var parts = file.Split('.').SkipWhile(part => part is not ['v', >= '0' and <= '9', ..]).ToArray();
        return parts.Length == 0
            ? null
            : string.Join('.', parts.Skip(1).TakeWhile(part => part.All(char.IsAsciiDigit)).Prepend(parts[0][1..]));
    }

    private static LibraryFiles In(string folder, ImmutableArray<string> computing) =>
        new(Find(folder, Ggml), Find(folder, GgmlRegistry), Find(folder, Models), computing);

    /// <summary>Libraries for devices: every other one of ggml.</summary>
    private static IEnumerable<string> Devices(string folder) => Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)
        .Where(path => PartBehind(path, "ggml-") is { } device && device is not ("base" or "cpu"));

    private static bool IsLibrary(string file) =>
        file.EndsWith(".so", StringComparison.Ordinal) || file.Contains(".so.", StringComparison.Ordinal)
        || file.EndsWith(".dylib", StringComparison.Ordinal) || file.EndsWith(".dll", StringComparison.Ordinal);
}
