using System.Collections.Concurrent;
using System.Security.Cryptography;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Storage;

/// <summary>
/// Reads manifests. One that was parsed is not parsed again as long as its bytes are the same, and not read again as long as the file
/// system has seen no change of its file.
/// </summary>
internal sealed class ManifestCache(BlobStore blobs, TimeProvider time)
{
    // Times of files have steps, of up to two seconds. A file that was changed so shortly before it was read may be changed once more
    // without showing it, so it is read again.
    private static readonly TimeSpan s_longestStep = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private long _reads;

    /// <summary>How many files were read since the start.</summary>
    internal long Reads => Interlocked.Read(ref _reads);

    /// <summary>The model of a manifest file; null when there is no file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Its name.</param>
    /// <param name="needsConfig">Null also when the blob of its configuration is not there.</param>
    /// <exception cref="StoreException">It is there and cannot be read.</exception>
    public StoredModel? Read(string path, ModelName name, bool needsConfig)
    {
        // The stamp is older than what is read: a change in between shows with the next look.
        var stamp = FileIdentity.StampOf(path);
        if (stamp is not null && _known.TryGetValue(path, out var known) && known.Stamp == stamp)
            return known.Model;
        if (stamp is null && !File.Exists(path))
        {
            Forget(path);
            return null;
        }

        try
        {
            return Read(path, name, needsConfig, stamp);
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
    public void Forget(string path) => _known.TryRemove(path, out _);

    private StoredModel? Read(string path, ModelName name, bool needsConfig, (FileIdentity Identity, DateTimeOffset Seen)? stamp)
    {
        var isSettled = stamp?.Seen < time.GetUtcNow() - s_longestStep;
        Interlocked.Increment(ref _reads);
        var bytes = RegularFile.ReadAllBytes(path);
        var modified = new DateTimeOffset(File.GetLastWriteTimeUtc(path));
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var (manifest, config) = _known.TryGetValue(path, out var known) && known.Model.Digest == digest
            ? (known.Model.Manifest, known.Model.Config)
            : Parse(bytes);
        if (config is null)
            return needsConfig ? null : new StoredModel(name, digest, manifest, ModelConfig.Empty, modified);
        var model = new StoredModel(name, digest, manifest, config, modified);
        _known[path] = new Known(model, isSettled ? stamp : null);
        return model;
    }

    private (Manifest Manifest, ModelConfig? Config) Parse(byte[] bytes)
    {
        var manifest = ManifestJson.Read(bytes);
        return (manifest, ConfigOf(manifest));
    }

    private ModelConfig? ConfigOf(Manifest manifest)
    {
        if (manifest.Config is not { } layer)
            return ModelConfig.Empty;
        return blobs.Has(layer.Digest) ? ModelConfigJson.Read(blobs.Read(layer.Digest)) : null;
    }

    /// <summary>What a file meant.</summary>
    /// <param name="Model">Its model.</param>
    /// <param name="Stamp">How the file is as long as that holds; null when it must be read to know.</param>
    private sealed record Known(StoredModel Model, (FileIdentity Identity, DateTimeOffset Seen)? Stamp);
}
