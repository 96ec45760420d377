using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Storage;

/// <summary>A name in the store and what it means.</summary>
/// <param name="Name">The name, with the case of its files.</param>
/// <param name="Digest">SHA-256 of the manifest's bytes: 64 hex digits.</param>
/// <param name="Manifest">Its parts.</param>
/// <param name="Config">Its description.</param>
/// <param name="ModifiedAt">When the manifest was written.</param>
public sealed record StoredModel(ModelName Name, string Digest, Manifest Manifest, ModelConfig Config, DateTimeOffset ModifiedAt)
{
    /// <summary>Bytes of all parts.</summary>
    public long Size => Manifest.Size;
}
