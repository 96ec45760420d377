namespace ModelOps.Runtime.Libraries;

/// <summary>The libraries that a model is hosted with.</summary>
/// <param name="Source">Where they are.</param>
/// <param name="Reason">Why it is these, fit to stand behind a colon.</param>
/// <param name="Variant">The variant for the processor that was measured to be best; null leaves it to the rule.</param>
public sealed record EngineChoice(EngineSource Source, string Reason, string? Variant = null);
