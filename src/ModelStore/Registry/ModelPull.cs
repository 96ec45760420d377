using System.Collections.Immutable;
using System.Net.Http.Headers;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using Polly;

namespace ModelOps.ModelStore.Registry;

/// <summary>One pull: manifest, blobs one after the other, and then the name.</summary>
internal sealed class ModelPull(
    LocalStore store, RegistrySession session, SharedDownloads downloads, Func<BlobSource, BlobDownload> download, RegistryOptions options,
    TimeProvider time)
{
    private const string TensorLayer = "application/vnd.ollama.image.tensor";

    private readonly ResiliencePipeline _requests = RegistryResilience.Requests(options, time);

    public async Task RunAsync(ModelName name, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        progress(new("pulling manifest"));
        var bytes = await FetchManifestAsync(name, cancellationToken);
        var manifest = Read(name, bytes);
        ImmutableArray<Digest> before;
        using (store.HoldBlobs())
        {
            await FetchBlobsAsync(manifest, progress, cancellationToken);
            progress(new("verifying sha256 digest"));
            progress(new("writing manifest"));
            cancellationToken.ThrowIfCancellationRequested();
            before = Blobs(name);
            store.WriteManifest(name, bytes);
        }

        ImmutableArray<Digest> unused = [.. before.Except(manifest.Blobs)];
        if (options.RemoveUnused && unused.Length > 0)
        {
            progress(new("removing unused layers"));
            store.RemoveUnused(unused);
        }

        progress(new("success"));
    }

    private async Task FetchBlobsAsync(Manifest manifest, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        ImmutableArray<Layer> layers = [.. manifest.Layers, .. manifest.Config is { } config ? [config] : ImmutableArray<Layer>.Empty];
        CheckSpace(layers);
        foreach (var layer in layers)
        {
            try
            {
                await FetchBlobAsync(layer, progress, cancellationToken);
            }
            catch (StoreException error) when (error.Failure is StoreFailure.OtherContent)
            {
                progress(new("verifying sha256 digest"));
                throw;
            }
        }
    }

    private async Task FetchBlobAsync(Layer layer, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        var digest = layer.Digest;
        void Tell(long total, long completed) => progress(new($"pulling {digest.Short}", digest.ToString(), total, completed));

        if (store.Blobs.SizeOf(digest) is { } present)
        {
            store.Blobs.Touch(digest);
            Tell(present, present);
            return;
        }

        var address = session.BlobAddress(digest);
        var source = new BlobSource(
            digest.FileName, digest, layer.Size,
            (first, last, token) => session.SendAsync(
                to => new HttpRequestMessage(HttpMethod.Get, to) { Headers = { Range = new RangeHeaderValue(first, last) } }, address,
                token));
        await downloads.JoinAsync(digest.FileName, () => download(source), completed => Tell(layer.Size, completed), cancellationToken);
    }

    private async Task<byte[]> FetchManifestAsync(ModelName name, CancellationToken cancellationToken)
    {
        try
        {
            return await _requests.ExecuteAsync(
                async outer =>
                {
                    using var watch = new StallWatch(options.StallTimeout, time, outer);
                    return await watch.GuardAsync(async token =>
                    {
                        using var response = await session.AskAsync(
                            to => new HttpRequestMessage(HttpMethod.Get, to) { Headers = { Accept = { new(MediaTypes.Manifest) } } },
                            session.ManifestAddress(name.Tag), token);
                        return await Responses.BytesAsync(response, ManifestJson.LongestBytes + 1, token);
                    });
                },
                cancellationToken);
        }
        catch (Exception error) when (error is StoreException or RegistryStatusException
            || RegistryResilience.IsTransient(error)
            || error is HttpRequestException)
        {
            var text = $"pull model manifest: {Failures.RegistryText(error)}";
            var failure = error is StoreException known ? known.Failure with { Message = text } : new StoreFailure.RegistryFailed(text);
            throw new StoreException(failure, name.FullName, error);
        }
    }

    private static Manifest Read(ModelName name, byte[] bytes)
    {
        Manifest manifest;
        try
        {
            manifest = bytes.Length <= ManifestJson.LongestBytes ? ManifestJson.Read(bytes) : throw new FormatException("it is too long");
        }
        catch (FormatException error)
        {
            throw StoreException.Damaged($"pull model manifest: {error.Message}", name.FullName, error);
        }

        if (manifest.Layers.Any(layer => layer.MediaType == TensorLayer))
            throw StoreException.Unsupported("this model requires MLX support, but the MLX runtime is not available", name.FullName);
        if (manifest.Layers.Any(layer => layer.Size < 0))
            throw StoreException.Damaged("pull model manifest: a layer has a negative size", name.FullName);
        return manifest;
    }

    // Blobs that another pull fetches at this moment are counted twice: better to refuse now than to fail in the middle.
    private void CheckSpace(ImmutableArray<Layer> layers)
    {
        var needed = layers.DistinctBy(layer => layer.Digest).Where(layer => !store.Blobs.Has(layer.Digest))
            .Sum(layer => Math.Max(0, layer.Size - PartialBlob.Recorded(store.Blobs, layer.Digest.FileName)));
        var free = DiskFailed.Free(store.Blobs.Folder);
        if (needed > free)
            throw new StoreException(StoreFailure.NoSpace.In(store.Blobs.Folder, needed, free), store.Blobs.Folder);
    }

    private ImmutableArray<Digest> Blobs(ModelName name)
    {
        try
        {
            return [.. store.Find(name)?.Manifest.Blobs ?? []];
        }
        catch (StoreException)
        {
            // The blobs of a broken manifest are left to the garbage collector.
            return [];
        }
    }
}
