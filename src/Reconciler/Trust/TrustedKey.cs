namespace ModelOps.Reconciler.Trust;

/// <summary>A key that the host trusts, for people.</summary>
/// <param name="Kind"><c>ssh</c> or <c>openpgp</c>.</param>
/// <param name="Fingerprint">Its fingerprint.</param>
/// <param name="For">The committers that it counts for.</param>
/// <param name="Until">When it ends, and why; empty while nothing says so.</param>
/// <param name="IsForge">It is the forge's.</param>
public sealed record TrustedKey(string Kind, string Fingerprint, string For, string Until, bool IsForge);
