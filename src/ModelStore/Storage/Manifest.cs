using System.Collections.Immutable;
using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Storage;

/// <summary>What a name consists of.</summary>
/// <param name="Config">Blob that describes the model; null in a manifest that has none.</param>
/// <param name="Layers">Its parts, in order.</param>
public sealed record Manifest(Layer? Config, ImmutableArray<Layer> Layers)
{
    /// <summary>Bytes of all parts.</summary>
    public long Size => Layers.Sum(layer => layer.Size) + (Config?.Size ?? 0);

    /// <summary>Every blob it needs, once.</summary>
    public IEnumerable<Digest> Blobs => Layers.Select(layer => layer.Digest).Concat(Config is null ? [] : [Config.Digest]).Distinct();

    /// <summary>Layers of one media type.</summary>
    public IEnumerable<Layer> Of(string mediaType) => Layers.Where(layer => layer.MediaType == mediaType);
}
