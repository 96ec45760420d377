using System.Collections.Concurrent;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Storage;

/// <summary>
/// What headers say, by digest. A blob never changes, so neither does an entry; entries of blobs that are gone go with the next new one.
/// </summary>
internal sealed class FactsCache(BlobStore blobs)
{
    private readonly ConcurrentDictionary<Digest, (GgufFacts Facts, ModelGeometry Geometry)> _known = new();

    /// <summary>Facts of a blob that is a GGUF file.</summary>
    /// <exception cref="StoreException">It is not there, or no such file.</exception>
    public GgufFacts Of(Digest digest) => Read(digest).Facts;

    /// <summary>What such a blob needs memory for.</summary>
    /// <exception cref="StoreException">It is not there, or no such file.</exception>
    public ModelGeometry GeometryOf(Digest digest) => Read(digest).Geometry;

    private (GgufFacts Facts, ModelGeometry Geometry) Read(Digest digest)
    {
        if (_known.TryGetValue(digest, out var known))
            return known;
        foreach (var gone in _known.Keys.Where(other => !blobs.Has(other)))
            _known.TryRemove(gone, out _);
        var file = GgufFile.Read(blobs.PathOf(digest), digest.ToString());
        return _known.GetOrAdd(digest, (GgufFacts.Of(file), ModelGeometry.Of(file)));
    }
}
