namespace ModelOps.Runtime.Contract;

/// <summary>A part of an engine's memory.</summary>
/// <param name="Estimated">By the arithmetic of admission.</param>
/// <param name="Held">As the engine measured it; the estimate while it loads.</param>
public sealed record MemoryReport(long Estimated, long Held);
