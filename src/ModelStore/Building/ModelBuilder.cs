using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Building;

/// <summary>Builds models in a store. A name points at its new build only when everything of it is durable.</summary>
/// <param name="store">Where blobs are and manifests go.</param>
/// <param name="puller">Fetches a base that is absent; without one that is an error.</param>
/// <param name="quantizer">Packs weights; without one that is an error.</param>
public sealed class ModelBuilder(LocalStore store, IModelPuller? puller, IQuantizer? quantizer)
{
    /// <summary>Removes the blobs of an overwritten build that nothing uses any more.</summary>
    public bool RemoveUnused { get; init; } = true;

    /// <summary>What fetches what is not in the store; null when nothing does.</summary>
    public IModelPuller? Puller => puller;

    /// <summary>Builds one model.</summary>
    /// <param name="request">Checked first with <see cref="CreateChecks"/>.</param>
    /// <param name="progress">Receives every line; called from this call's flow only.</param>
    /// <param name="cancellationToken">Gives up; the name still means what it meant.</param>
    /// <exception cref="StoreException">The request cannot be done; the texts are the reference's.</exception>
    public async Task<StoredModel> CreateAsync(CreateRequest request, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        CreateChecks.Check(request);
        var quantization = new Quantization(store, quantizer, progress);
        quantization.Check(request.Quantize);
        quantization.Check(request.DraftQuantize);
        var name = store.Canonicalise(request.Name);
        List<Digest> replaced;
        StoredModel built;
        using (store.HoldBlobs())
        {
            InfoFields.Apply(request.Info, ModelConfig.Empty);
            var (origin, layers) = await StartAsync(request, progress, cancellationToken);
            var files = new FileLayers(store, progress, request.TellsUse);
            layers.AddRange(files.OfAdapters(request.Adapters));
            if (request.Adapters.Count > 0)
                files.RequireFit(layers);
            layers.AddRange(files.OfDrafts(request.DraftFiles));
            layers = await QuantizeAsync(request, layers, quantization, cancellationToken);
            new LayerEdits(store).Apply(request, layers);
            var config = store.Blobs.Write(ModelConfigJson.Write(BuildConfig.Of(store, request, origin, layers)));
            foreach (var layer in layers)
                progress(new ProgressLine(layer.Status));

            cancellationToken.ThrowIfCancellationRequested();
            progress(new ProgressLine("writing manifest"));
            replaced = BlobsOf(name);
            built = store.WriteManifest(name, new Manifest(
                new Layer(MediaTypes.Config, config.Digest, config.Size), [.. layers.Select(layer => layer.Layer)]));
        }

        if (RemoveUnused)
            store.RemoveUnused(replaced.Except(built.Manifest.Blobs));
        progress(new ProgressLine("success"));
        return built;
    }

    /// <summary>Whether building it must ask a server first: what it starts from is not in the store.</summary>
    /// <exception cref="StoreException">The manifest of what it starts from cannot be read.</exception>
    public bool NeedsFetch(CreateRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.From.Length == 0)
            return false;
        if (WebFileReference.Parse(request.From) is { } file)
            return file.Pin is not { } pin || !store.Blobs.Has(pin);
        return ModelReference.Parse(request.From, out _) is { } reference
            && ModelName.TryParse(reference.Base, out var name)
            && (store.Find(name) is not { } found || IsBroken(found));
    }

    /// <summary>Fetches what a request starts from, so that building it asks no server.</summary>
    /// <param name="request">What will be built.</param>
    /// <param name="progress">As in <see cref="CreateAsync"/>.</param>
    /// <param name="cancellationToken">Gives up; what came is taken up by the next try.</param>
    /// <returns>The request as it is built then: a file of a web server has become one of the store.</returns>
    /// <exception cref="StoreException">It cannot be fetched.</exception>
    public async Task<CreateRequest> FetchAsync(
        CreateRequest request, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.From.Length == 0)
            return request;
        if (WebFileReference.Parse(request.From) is { } file)
            return request with { From = "", Files = await FetchAsync(file, progress, cancellationToken) };
        await OriginAsync(request.From, progress, cancellationToken);
        return request;
    }

    private async Task<(StoredModel? Origin, List<BuildLayer> Layers)> StartAsync(
        CreateRequest request, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        if (request.From.Length == 0)
        {
            var files = request.Files ?? throw StoreException.Invalid("neither 'from' or 'files' was specified");
            return (null, new FileLayers(store, progress, request.TellsUse).OfFiles(files, cancellationToken));
        }

        if (WebFileReference.Parse(request.From) is { } file)
        {
            var fetched = await FetchAsync(file, progress, cancellationToken);
            return (null, new FileLayers(store, progress, request.TellsUse).OfFiles(fetched, cancellationToken));
        }

        var origin = await OriginAsync(request.From, progress, cancellationToken);
        return (origin, [.. origin.Manifest.Layers.Select(layer => Inherit(origin, layer))]);
    }

    /// <summary>File name to digest of the blob.</summary>
    private async Task<Dictionary<string, string>> FetchAsync(
        WebFileReference file, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        if (puller is null)
            throw StoreException.Unsupported($"{file.Address} cannot be fetched here", file.Address.ToString());
        var blob = await puller.FetchFileAsync(file.Address, file.Pin, progress, cancellationToken);
        return new Dictionary<string, string>(StringComparer.Ordinal) { [file.FileName] = blob.Digest.ToString() };
    }

    private async Task<StoredModel> OriginAsync(string from, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        var reference = ModelReference.Parse(from, out var error) ?? throw StoreException.Invalid(error, from);
        if (reference.Source == ModelSource.Cloud)
            throw new StoreException(new StoreFailure.CloudDisabled(), from);
        if (!ModelName.TryParse(reference.Base, out var name))
            throw StoreException.Invalid("invalid model name", from);
        if (store.Find(name) is { } found && !IsBroken(found))
            return found;

        if (puller is null)
            throw StoreException.Absent("pull model manifest: file does not exist", from);
        await puller.PullAsync(name, progress, cancellationToken);
        return store.Find(name) ?? throw StoreException.Absent("pull model manifest: file does not exist", from);
    }

    /// <summary>A file of it is gone; a pull brings what is missing.</summary>
    private bool IsBroken(StoredModel model) => !model.Manifest.Blobs.All(store.Blobs.Has);

    private BuildLayer Inherit(StoredModel origin, Layer layer)
    {
        store.Blobs.Touch(layer.Digest);
        return new BuildLayer(layer with { From = origin.Name.ShortName }, Existed: true);
    }

    private static async Task<List<BuildLayer>> QuantizeAsync(
        CreateRequest request, List<BuildLayer> layers, Quantization quantization, CancellationToken cancellationToken)
    {
        var packed = new List<BuildLayer>(layers.Count);
        foreach (var layer in layers)
        {
            var wanted = layer.MediaType switch
            {
                MediaTypes.Model => request.Quantize,
                MediaTypes.Draft => request.DraftQuantize,
                _ => "",
            };
            packed.Add(wanted.Length == 0
                ? layer
                : await quantization.ApplyAsync(layer, wanted, layer.MediaType == MediaTypes.Draft, cancellationToken));
        }

        return packed;
    }

    private List<Digest> BlobsOf(ModelName name)
    {
        try
        {
            return [.. store.Find(name)?.Manifest.Blobs ?? []];
        }
        catch (StoreException)
        {
            // What stood there before could not be read: it is overwritten, and its blobs are left to the garbage collector.
            return [];
        }
    }
}
