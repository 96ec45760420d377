namespace ModelOps.Prompting.Events;

/// <summary>Which build answered, for the <c>x-modelops-…</c> headers.</summary>
/// <param name="Revision">Revision of a managed model; empty for an unmanaged one.</param>
/// <param name="BuildDigest">Manifest digest, bare hex.</param>
public sealed record ServedBy(string Revision, string BuildDigest);
