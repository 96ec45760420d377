namespace ModelOps.Runtime.Libraries;

/// <summary>The libraries that a model is hosted with.</summary>
/// <param name="Source">Where they are.</param>
/// <param name="Reason">Why it is these, fit to stand behind a colon.</param>
public sealed record EngineChoice(EngineSource Source, string Reason);
