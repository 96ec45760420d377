using System.Text;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Storage;
using ModelOps.Templates.GoTemplates;
using ModelOps.Templates.Rendering;

namespace ModelOps.ModelStore.Building;

/// <summary>Texts of a request over the layers that it starts from. Spec: modelfile-and-store.md 4.5.</summary>
internal sealed class LayerEdits(LocalStore store)
{
    /// <summary>Changes the layers in the order in which the reference does.</summary>
    public void Apply(CreateRequest request, List<BuildLayer> layers)
    {
        if (request.Template.Length > 0)
        {
            CheckTemplate(request.Template);
            Replace(layers, MediaTypes.IsTemplate, MediaTypes.Template, Encoding.UTF8.GetBytes(request.Template));
        }

        if (request.System.Length > 0)
            Replace(layers, type => type == MediaTypes.System, MediaTypes.System, Encoding.UTF8.GetBytes(request.System));
        foreach (var license in request.Licenses.Where(text => text.Length > 0))
            layers.Add(Text(MediaTypes.License, Encoding.UTF8.GetBytes(license)));
        ApplyParameters(request.Parameters, layers);
        if (!request.Messages.IsDefaultOrEmpty)
            Replace(layers, type => type == MediaTypes.Messages, MediaTypes.Messages, StoredMessageJson.Write(request.Messages));
    }

    private static void CheckTemplate(string text)
    {
        try
        {
            GoTemplate.Parse(text);
        }
        catch (TemplateException error)
        {
            throw StoreException.Invalid($"template error: {error.Message} (line {error.Line})");
        }
    }

    private void ApplyParameters(JsonObject? parameters, List<BuildLayer> layers)
    {
        if (parameters is not { Count: > 0 } && !layers.Exists(layer => layer.MediaType == MediaTypes.Parameters))
            return;
        var present = new Manifest(null, [.. layers.Select(layer => layer.Layer)]);
        var merged = store.ReadParameters(present);
        foreach (var (key, value) in parameters ?? [])
            merged[key] = value?.DeepClone();
        if (merged.Count > 0)
            Replace(layers, type => type == MediaTypes.Parameters, MediaTypes.Parameters, BlobJson.Blob(merged));
    }

    private void Replace(List<BuildLayer> layers, Predicate<string> old, string mediaType, byte[] content)
    {
        layers.RemoveAll(layer => old(layer.MediaType));
        layers.Add(Text(mediaType, content));
    }

    private BuildLayer Text(string mediaType, byte[] content)
    {
        var blob = store.Blobs.Write(content);
        return new BuildLayer(new Layer(mediaType, blob.Digest, blob.Size), blob.Existed);
    }
}
