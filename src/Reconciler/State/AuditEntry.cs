namespace ModelOps.Reconciler.State;

/// <summary>A row of the audit.</summary>
/// <param name="Id">Its number, which grows.</param>
/// <param name="Hash">Hash over the row and the hash before it, bare hex.</param>
/// <param name="Request">Who did what, why, and what came of it; its time is when that was known.</param>
public sealed record AuditEntry(long Id, string Hash, RequestRecord Request);

/// <summary>What a look at all hashes found.</summary>
/// <param name="Rows">How many rows fit, from the oldest on.</param>
/// <param name="Head">Hash of the last of them, bare hex; empty when there is none.</param>
/// <param name="Break">Number of the first row that does not fit; null when all do.</param>
/// <param name="HasKnown">The hash that was asked for is among them, or none was.</param>
public sealed record AuditVerdict(long Rows, string Head, long? Break, bool HasKnown);
