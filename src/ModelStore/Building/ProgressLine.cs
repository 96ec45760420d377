namespace ModelOps.ModelStore.Building;

/// <summary>One line of progress of a create, pull or push.</summary>
/// <param name="Status">What is being done.</param>
/// <param name="Digest">The blob that it concerns; empty when there is none.</param>
/// <param name="Total">Bytes in all; 0 when not known.</param>
/// <param name="Completed">Bytes done.</param>
public sealed record ProgressLine(string Status, string Digest = "", long Total = 0, long Completed = 0);
