using System.Collections.Concurrent;
using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Storage;

/// <summary>Facts by digest. A blob never changes, so neither does an entry; entries of blobs that are gone cost a kilobyte each.</summary>
internal sealed class FactsCache(BlobStore blobs)
{
    private readonly ConcurrentDictionary<Digest, GgufFacts> _facts = new();

    /// <summary>Facts of a blob that is a GGUF file.</summary>
    /// <exception cref="StoreException">It is not there, or no such file.</exception>
    public GgufFacts Of(Digest digest)
    {
        if (_facts.TryGetValue(digest, out var known))
            return known;
        var read = GgufFacts.Of(GgufFile.Read(blobs.PathOf(digest), digest.ToString()));
        return _facts.GetOrAdd(digest, read);
    }
}
