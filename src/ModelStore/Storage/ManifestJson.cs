using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Storage;

/// <summary>Manifests as text.</summary>
public static class ManifestJson
{
    /// <summary>Longest manifest that we read; real ones have a few kilobytes.</summary>
    public const int LongestBytes = 4 << 20;

    /// <summary>The bytes of a manifest that is made here: compact, and a line feed.</summary>
    public static byte[] Write(Manifest manifest) => Write(manifest, annotations: null);

    /// <summary>The same with annotations. No reader of models looks at them, but they make it a manifest of another digest.</summary>
    public static byte[] Write(Manifest manifest, IReadOnlyDictionary<string, string>? annotations)
    {
        var text = new StringBuilder();
        text.Append("{\"schemaVersion\":2,\"mediaType\":\"").Append(MediaTypes.Manifest).Append("\",\"config\":");
        AppendLayer(
            text, manifest.Config ?? throw new ArgumentException("A manifest that we write has a configuration.", nameof(manifest)));
        text.Append(",\"layers\":[");
        for (var index = 0; index < manifest.Layers.Length; index++)
        {
            if (index > 0)
                text.Append(',');
            AppendLayer(text, manifest.Layers[index]);
        }

        text.Append(']');
        if (annotations is not null)
            AppendAnnotations(text, annotations);
        return Encoding.UTF8.GetBytes(text.Append("}\n").ToString());
    }

    /// <summary>The annotations of a manifest; empty when it has none.</summary>
    /// <exception cref="FormatException">It is not a manifest.</exception>
    public static IReadOnlyDictionary<string, string> ReadAnnotations(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.TryGetProperty("annotations", out var list) && list.ValueKind == JsonValueKind.Object
                ? list.EnumerateObject().Where(item => item.Value.ValueKind == JsonValueKind.String)
                    .ToDictionary(item => item.Name, item => item.Value.GetString()!, StringComparer.Ordinal)
                : new Dictionary<string, string>(StringComparer.Ordinal);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException(error.Message, error);
        }
    }

    /// <summary>Reads a manifest from any source.</summary>
    /// <exception cref="FormatException">It is not a manifest.</exception>
    public static Manifest Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new FormatException("it is no JSON object");
            var config = root.TryGetProperty("config", out var element) ? ReadLayer(element) : null;
            var layers = root.TryGetProperty("layers", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray()
                .Select(item => ReadLayer(item) ?? throw new FormatException("a layer has no digest"))
                .ToImmutableArray()
                : [];
            return new Manifest(config, layers);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException(error.Message, error);
        }
    }

    private static Layer? ReadLayer(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object || Text(element, "digest") is not { Length: > 0 } digest)
            return null;
        if (!Digest.TryParse(digest, out var parsed))
            throw new FormatException($"\"{digest}\" is no digest");
        var size = element.TryGetProperty("size", out var number) && number.TryGetInt64(out var bytes) ? bytes : 0;
        return new Layer(Text(element, "mediaType"), parsed, size, Text(element, "from"), Text(element, "name"));
    }

    private static string Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static void AppendAnnotations(StringBuilder text, IReadOnlyDictionary<string, string> annotations)
    {
        text.Append(",\"annotations\":{");
        foreach (var (index, (key, value)) in annotations.OrderBy(pair => pair.Key, StringComparer.Ordinal).Index())
        {
            if (index > 0)
                text.Append(',');
            BlobJson.AppendText(text, key);
            text.Append(':');
            BlobJson.AppendText(text, value);
        }

        text.Append('}');
    }

    private static void AppendLayer(StringBuilder text, Layer layer)
    {
        text.Append("{\"mediaType\":");
        BlobJson.AppendText(text, layer.MediaType);
        text.Append(",\"digest\":");
        BlobJson.AppendText(text, layer.Digest.ToString());
        text.Append(",\"size\":").Append(layer.Size);
        AppendOptional(text, "from", layer.From);
        AppendOptional(text, "name", layer.Name);
        text.Append('}');
    }

    private static void AppendOptional(StringBuilder text, string key, string value)
    {
        if (value.Length == 0)
            return;
        text.Append(",\"").Append(key).Append("\":");
        BlobJson.AppendText(text, value);
    }
}
