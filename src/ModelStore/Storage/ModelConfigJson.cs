using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Templates.Chat;

namespace ModelOps.ModelStore.Storage;

/// <summary>Configuration blobs as text.</summary>
public static class ModelConfigJson
{
    /// <summary>The bytes of the blob, with the line feed at its end.</summary>
    public static byte[] Write(ModelConfig config)
    {
        var text = new StringBuilder("{\"model_format\":");
        BlobJson.AppendText(text, config.Format);
        AppendAlways(text, "model_family", config.Family);
        text.Append(",\"model_families\":");
        BlobJson.Append(text, config.Families.IsDefault ? null : List(config.Families));
        AppendAlways(text, "model_type", config.ParameterSize);
        AppendAlways(text, "file_type", config.FileType);
        AppendOptional(text, "renderer", config.Renderer);
        AppendOptional(text, "parser", config.Parser);
        AppendOptional(text, "requires", config.Requires);
        AppendOptional(text, "remote_host", config.RemoteHost);
        AppendOptional(text, "remote_model", config.RemoteModel);
        if (!config.Capabilities.IsDefaultOrEmpty)
            BlobJson.Append(text.Append(",\"capabilities\":"), List(config.Capabilities));
        AppendOptional(text, "context_length", config.ContextLength);
        AppendOptional(text, "embedding_length", config.EmbeddingLength);
        AppendOptional(text, "base_name", config.BaseName);
        if (config.Draft is { Count: > 0 } draft)
            BlobJson.Append(text.Append(",\"draft\":"), draft);
        AppendAlways(text, "architecture", "amd64");
        AppendAlways(text, "os", "linux");
        return Encoding.UTF8.GetBytes(text.Append("}\n").ToString());
    }

    /// <summary>Reads a configuration from any source; what has another type than expected counts as absent.</summary>
    /// <exception cref="FormatException">It is not a JSON object.</exception>
    public static ModelConfig Read(ReadOnlySpan<byte> bytes)
    {
        JsonObject root;
        try
        {
            root = JsonNode.Parse(bytes, documentOptions: JsonNesting.Document) as JsonObject
                ?? throw new FormatException("the configuration is no JSON object");
        }
        catch (JsonException error)
        {
            throw new FormatException(error.Message, error);
        }

        return new ModelConfig
        {
            Format = Text(root, "model_format"),
            Family = Text(root, "model_family"),
            Families = root["model_families"] is JsonArray families ? Texts(families) : default,
            ParameterSize = Text(root, "model_type"),
            FileType = Text(root, "file_type"),
            Renderer = Text(root, "renderer"),
            Parser = Text(root, "parser"),
            Requires = Text(root, "requires"),
            RemoteHost = Text(root, "remote_host"),
            RemoteModel = Text(root, "remote_model"),
            Capabilities = root["capabilities"] is JsonArray capabilities ? Texts(capabilities) : [],
            ContextLength = Number(root, "context_length"),
            EmbeddingLength = Number(root, "embedding_length"),
            BaseName = Text(root, "base_name"),
            Draft = root["draft"]?.DeepClone() as JsonObject,
        };
    }

    private static JsonArray List(ImmutableArray<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);

    private static ImmutableArray<string> Texts(JsonArray list) =>
        [.. list.Where(item => item?.GetValueKind() == JsonValueKind.String).Select(item => item!.GetValue<string>())];

    private static string Text(JsonObject root, string key) =>
        root[key] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";

    private static long Number(JsonObject root, string key) =>
        root[key] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<long>(out var number)
            ? number
            : 0;

    private static void AppendAlways(StringBuilder text, string key, string value) =>
        BlobJson.AppendText(text.Append(",\"").Append(key).Append("\":"), value);

    private static void AppendOptional(StringBuilder text, string key, string value)
    {
        if (value.Length > 0)
            AppendAlways(text, key, value);
    }

    private static void AppendOptional(StringBuilder text, string key, long value)
    {
        if (value != 0)
            text.Append(",\"").Append(key).Append("\":").Append(value);
    }
}
