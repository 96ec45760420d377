using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Registry;

/// <summary>Where a blob can be had.</summary>
/// <param name="Name">Name of its file while it is incomplete; the same content has the same name.</param>
/// <param name="Expected">The digest that it must have; null when none is known.</param>
/// <param name="Total">Its bytes.</param>
/// <param name="OpenAsync">Asks for the bytes from one position to another, both included.</param>
internal sealed record BlobSource(
    string Name, Digest? Expected, long Total, Func<long, long, CancellationToken, Task<HttpResponseMessage>> OpenAsync);
