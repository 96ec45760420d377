using System.Collections.Immutable;
using System.Net.Http.Headers;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Registry;

/// <summary>One push: blobs in the order of the manifest, the configuration last, and then the manifest.</summary>
internal sealed class ModelPush(LocalStore store, RegistrySession session, HttpClient http, RegistryOptions options, TimeProvider time)
{
    private readonly UploadMemory _memory = new(store.Folder);

    public async Task RunAsync(ModelName name, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        progress(new("retrieving manifest"));
        var manifest = Find(name, progress);
        using (store.HoldBlobs())
        {
            ImmutableArray<Layer> layers = [.. manifest.Layers, .. manifest.Config is { } config ? [config] : ImmutableArray<Layer>.Empty];
            foreach (var layer in layers)
                await PushBlobAsync(layer, progress, cancellationToken);
        }

        progress(new("pushing manifest"));
        await PutManifestAsync(name, manifest, cancellationToken);
        progress(new("success"));
    }

    private Manifest Find(ModelName name, Action<ProgressLine> progress)
    {
        if (store.Find(name) is { } model)
            return model.Manifest;
        progress(new("couldn't retrieve manifest"));
        throw StoreException.Absent("file does not exist", name.FullName);
    }

    private async Task PushBlobAsync(Layer layer, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        void Tell(long completed) => progress(new($"pushing {layer.Digest.Short}", layer.Digest.ToString(), layer.Size, completed));

        var upload = new BlobUpload(session, http, store.Blobs, _memory, layer, options, time);
        var running = upload.RunAsync(cancellationToken);
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(options.ProgressInterval, time, CancellationToken.None));
            if (!running.IsCompleted && upload.Completed > 0)
                Tell(upload.Completed);
        }

        await running;
        Tell(layer.Size);
    }

    private async Task PutManifestAsync(ModelName name, Manifest manifest, CancellationToken cancellationToken)
    {
        // Sent again as this program writes manifests, without the line feed, so that every registry gets the same bytes.
        var bytes = ManifestJson.Write(manifest)[..^1];
        await RegistryResilience.Requests(options, time).ExecuteAsync(
            async token =>
            {
                using var response = await session.AskAsync(
                    to =>
                    {
                        var request = new HttpRequestMessage(HttpMethod.Put, to) { Content = new ByteArrayContent(bytes) };
                        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.Manifest);
                        return request;
                    },
                    session.ManifestAddress(name.Tag), token);
            },
            cancellationToken);
    }
}
