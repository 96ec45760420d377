using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Variants;

/// <summary>A variant of the libraries and how long it takes for one layer of a model.</summary>
/// <param name="Source">Name of the libraries' source.</param>
/// <param name="Timings">What was measured.</param>
internal sealed record TimedVariant(string Source, StepTimings Timings)
{
    /// <inheritdoc/>
    public override string ToString() => Timings.Variant is { } variant ? $"{variant} of {Source}" : Source;
}
