using System.Collections.Immutable;

namespace ModelOps.Runtime.Libraries;

/// <summary>A release of llama.cpp whose functions and structs this program knows. It calls no other.</summary>
public sealed record EngineRelease
{
    /// <summary>The one of the package <c>LLamaSharp.Backend.Cpu</c> and its siblings.</summary>
    public static EngineRelease LLamaSharp { get; } = new() { Name = "LLamaSharp 0.30.0", Ggml = "0.18.0" };

    /// <summary>The newer one.</summary>
    public static EngineRelease V050 { get; } = new()
    {
        Name = "llama.cpp v0.5.0",
        Ggml = "0.25.1",
        Llama = "0.5.0",
        NewArchitectures =
        [
            "bailingmoe3", "dots3note", "granite_swa", "graniteswitch", "hrm_text", "hy_v4", "kimi-k3", "maple", "minimax-01",
            "muse-glimmer", "pockettts", "qwen3tts", "qwen4exp", "spark2_5",
        ],
    };

    /// <summary>All, oldest first.</summary>
    public static ImmutableArray<EngineRelease> All { get; } = [LLamaSharp, V050];

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Version that its <c>ggml_version</c> says; it is recognised by that.</summary>
    public required string Ggml { get; init; }

    /// <summary>Version that its <c>llama_version</c> says and that stands in the names of its files; null where neither has one.</summary>
    public string? Llama { get; init; }

    /// <summary>Architectures (<c>general.architecture</c>) that no older release knows.</summary>
    public ImmutableArray<string> NewArchitectures { get; init; } = [];

    /// <summary>What a refusal says of the releases that are not refused.</summary>
    internal static string Known => string.Join(" and ", All);

    /// <summary>The release whose libraries say this version of ggml; null when none is known.</summary>
    internal static EngineRelease? OfGgml(string version) =>
        All.FirstOrDefault(release => version == release.Ggml || version.StartsWith(release.Ggml + "-", StringComparison.Ordinal));

    /// <summary>Whether it may say this of itself; null is nothing.</summary>
    internal bool IsCalled(string? version) =>
        version == Llama || (Llama is not null && version?.StartsWith(Llama + "-", StringComparison.Ordinal) == true);

    /// <summary>The first release that knows an architecture which is not in all of them; null for every other architecture.</summary>
    internal static EngineRelease? FirstWith(string architecture) =>
        All.FirstOrDefault(release => release.NewArchitectures.Contains(architecture));

    /// <summary>False only where a later release is known to have brought the architecture.</summary>
    internal bool Knows(string architecture) =>
        FirstWith(architecture) is not { } first || All.IndexOf(first) <= All.IndexOf(this);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} (ggml {Ggml})";
}
