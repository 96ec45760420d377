using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Storage;

/// <summary>A blob that is in the store now.</summary>
/// <param name="Digest">Digest of its content.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Existed">Whether it was there before.</param>
public sealed record BlobWritten(Digest Digest, long Size, bool Existed);
