using System.Collections.Immutable;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Libraries;

/// <summary>A folder with the libraries of one release, in all variants that there are.</summary>
/// <param name="Name">The package that it comes from, <c>llamasharp</c> or <c>llamacpp</c>; <c>folder</c> where a setting named it.</param>
/// <param name="Folder">Absolute path.</param>
/// <param name="Release">What it holds, as far as the names say; null when only the libraries can.</param>
public sealed record EngineSource(string Name, string Folder, EngineRelease? Release)
{
    /// <summary>The packages of LLamaSharp.</summary>
    public const string LLamaSharp = "llamasharp";

    /// <summary>The ready binaries of llama.cpp's newer release.</summary>
    public const string LlamaCpp = "llamacpp";

    /// <summary>Whatever a setting named.</summary>
    public const string Other = "folder";

    /// <summary>Variants for the processor among which there is a choice; empty where there is one for all.</summary>
    public ImmutableArray<string> Variants => CpuVariants.In(Folder);

    /// <summary>
    /// Whether one of its variants computes quantized matrices in the tiles of a processor that has them (AMX): by far the fastest there,
    /// a prompt of a 0.5B Q8_0 model in a quarter of the time and a token in 0.6 of it.
    /// </summary>
    internal bool UsesTiles => Variants.Contains(CpuVariants.WithTiles);

    /// <summary>False only where it is known not to know the architecture.</summary>
    internal bool Knows(string architecture) => Release?.Knows(architecture) ?? true;

    /// <summary>For people to read, as far as it can be told without loading anything.</summary>
    internal EngineNatives Describe() => new() { Source = Name, Release = Release?.Name, Ggml = Release?.Ggml };
}
