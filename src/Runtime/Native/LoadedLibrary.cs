using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;

namespace ModelOps.Runtime.Native;

/// <summary>The engine's libraries in this process.</summary>
/// <param name="Source">Where they came from.</param>
/// <param name="Release">What they said they are.</param>
/// <param name="Layouts">How that release lays out its structs.</param>
/// <param name="Variant">The variant for the processor; null where there is one for all.</param>
/// <param name="Problem">Why code for another device that lies there is not used; null when it is, or there is none.</param>
internal sealed record LoadedLibrary(EngineSource Source, EngineRelease Release, StructLayouts Layouts, string? Variant, string? Problem)
{
    /// <summary>Another variant that computes steps of some sizes faster; null when there is none.</summary>
    internal SecondVariant? Second { get; init; }

    /// <summary>For people to read.</summary>
    internal EngineNatives Natives { get; } = new()
    {
        Source = Source.Name,
        Release = Release.Name,
        Ggml = Release.Ggml,
        Variant = Variant,
        Devices = Devices.All(),
        Problem = Problem,
    };
}
