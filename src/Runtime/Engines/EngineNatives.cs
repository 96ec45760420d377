using System.Collections.Immutable;

namespace ModelOps.Runtime.Engines;

/// <summary>Native libraries of the engine: those that a model is hosted with, or that there are.</summary>
public sealed record EngineNatives
{
    /// <summary>
    /// <c>llamasharp</c> or <c>llamacpp</c>, the folder beside the executable; <c>folder</c> where a setting named one; null when there is
    /// none for the model.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>What people call the release; null when nothing but loading can tell.</summary>
    public string? Release { get; init; }

    /// <summary>Its version of ggml; null when nothing but loading can tell.</summary>
    public string? Ggml { get; init; }

    /// <summary>Variant for the processor; null where there is one for all, or the libraries choose when they are loaded.</summary>
    public string? Variant { get; init; }

    /// <summary>
    /// Another variant that computes steps of some sizes where it takes less time; null where every step is computed with
    /// <see cref="Variant"/>.
    /// </summary>
    public string? SecondVariant { get; init; }

    /// <summary>What can compute, in the engine's order: <c>CPU (AMD EPYC 9R14)</c>. Empty until they are loaded.</summary>
    public ImmutableArray<string> Devices { get => field.IsDefault ? [] : field; init; }

    /// <summary>Why it is these.</summary>
    public string? Reason { get; init; }

    /// <summary>What cannot be used, and why; null when nothing is wrong.</summary>
    public string? Problem { get; init; }
}
