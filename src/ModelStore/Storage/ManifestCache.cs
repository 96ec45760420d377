using System.Collections.Concurrent;
using System.Security.Cryptography;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Storage;

/// <summary>Reads manifests. One that was parsed is not parsed again as long as its bytes are the same.</summary>
internal sealed class ManifestCache(BlobStore blobs)
{
    private readonly ConcurrentDictionary<string, (string Digest, Manifest Manifest, ModelConfig Config)> _parsed =
        new(StringComparer.Ordinal);

    /// <summary>The model of a manifest file; null when the file is not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Its name.</param>
    /// <param name="needsConfig">Null also when the blob of its configuration is not there.</param>
    /// <exception cref="StoreException">It is there and cannot be read.</exception>
    public StoredModel? Read(string path, ModelName name, bool needsConfig)
    {
        try
        {
            var bytes = RegularFile.ReadAllBytes(path);
            var modified = new DateTimeOffset(File.GetLastWriteTimeUtc(path));
            var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
            if (!_parsed.TryGetValue(path, out var parsed) || parsed.Digest != digest)
            {
                var manifest = ManifestJson.Read(bytes);
                var config = ConfigOf(manifest);
                if (config is null)
                    return needsConfig ? null : new StoredModel(name, digest, manifest, ModelConfig.Empty, modified);
                parsed = _parsed[path] = (digest, manifest, config);
            }

            return new StoredModel(name, digest, parsed.Manifest, parsed.Config, modified);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            Forget(path);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw StoreException.Unreadable($"the manifest of {name} cannot be read: {error.Message}", path, error);
        }
    }

    /// <summary>The file is gone.</summary>
    public void Forget(string path) => _parsed.TryRemove(path, out _);

    private ModelConfig? ConfigOf(Manifest manifest)
    {
        if (manifest.Config is not { } layer)
            return ModelConfig.Empty;
        return blobs.Has(layer.Digest) ? ModelConfigJson.Read(blobs.Read(layer.Digest)) : null;
    }
}
