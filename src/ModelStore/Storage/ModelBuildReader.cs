using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Footprints;
using ModelOps.Templates.Chat;

namespace ModelOps.ModelStore.Storage;

/// <summary>Reads the contents of a model's layers.</summary>
internal sealed class ModelBuildReader(BlobStore blobs, FactsCache facts)
{
    public ModelBuild Read(StoredModel model)
    {
        var manifest = model.Manifest;
        var weights = manifest.Layers.LastOrDefault(layer => layer.MediaType == MediaTypes.Model);
        return new ModelBuild
        {
            Model = model,
            WeightsPath = weights is null ? "" : blobs.PathOf(weights.Digest),
            WeightsDigest = weights?.Digest.ToString() ?? "",
            ParentModel = weights?.From ?? "",
            AdapterPaths = Paths(manifest, MediaTypes.Adapter),
            ProjectorPaths = Paths(manifest, MediaTypes.Projector),
            ProjectorFacts =
                [.. manifest.Of(MediaTypes.Projector).Where(layer => blobs.Has(layer.Digest)).Select(layer => facts.Of(layer.Digest))],
            DraftPath = Paths(manifest, MediaTypes.Draft).FirstOrDefault(),
            Template = Text(manifest.Layers.LastOrDefault(layer => MediaTypes.IsTemplate(layer.MediaType))),
            System = Text(manifest.Layers.LastOrDefault(layer => layer.MediaType == MediaTypes.System)),
            Parameters = Parameters(manifest),
            Messages = Messages(manifest),
            Licenses = [.. manifest.Of(MediaTypes.License).Select(layer => Text(layer)!)],
            Facts = weights is not null && blobs.Has(weights.Digest) ? facts.Of(weights.Digest) : null,
            Geometry = Geometry(weights),
            DraftGeometry = Geometry(manifest.Layers.FirstOrDefault(layer => layer.MediaType == MediaTypes.Draft)),
            BesideBytes = manifest.Of(MediaTypes.Adapter).Concat(manifest.Of(MediaTypes.Projector)).Sum(layer => layer.Size),
        };
    }

    /// <summary>All params layers, the later ones over the earlier ones.</summary>
    public JsonObject Parameters(Manifest manifest)
    {
        var merged = new JsonObject();
        foreach (var layer in manifest.Of(MediaTypes.Parameters))
        {
            if (Json(layer) is not JsonObject parameters)
                continue;
            foreach (var (key, value) in parameters)
                merged[key] = value?.DeepClone();
        }

        return merged;
    }

    private ModelGeometry? Geometry(Layer? layer) => layer is not null && blobs.Has(layer.Digest) ? facts.GeometryOf(layer.Digest) : null;

    private ImmutableArray<string> Paths(Manifest manifest, string mediaType) =>
        [.. manifest.Of(mediaType).Select(layer => blobs.PathOf(layer.Digest))];

    private string? Text(Layer? layer) => layer is null ? null : Encoding.UTF8.GetString(blobs.Read(layer.Digest));

    private ImmutableArray<ChatMessage> Messages(Manifest manifest) =>
        manifest.Layers.LastOrDefault(layer => layer.MediaType == MediaTypes.Messages) is { } layer && Json(layer) is JsonArray list
            ? [.. list.OfType<JsonObject>().Select(StoredMessageJson.Read)]
            : [];

    private JsonNode? Json(Layer layer)
    {
        try
        {
            return JsonNode.Parse(blobs.Read(layer.Digest), documentOptions: JsonNesting.Document);
        }
        catch (JsonException error)
        {
            throw StoreException.Damaged($"the blob {layer.Digest} is no JSON: {error.Message}", layer.Digest.ToString(), error);
        }
    }
}
