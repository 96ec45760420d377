using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Building;

/// <summary>The <c>info</c> object of a create request: values that win over those found in the files.</summary>
internal static class InfoFields
{
    public static ModelConfig Apply(JsonObject? info, ModelConfig config)
    {
        if (info is null)
            return config;
        var family = Text(info, "model_family");
        return config with
        {
            Family = family ?? config.Family,
            Families = family is null ? config.Families : [family, .. config.Families.IsDefault ? [] : config.Families],
            BaseName = Text(info, "base_name") ?? config.BaseName,
            FileType = Text(info, "quantization_level") ?? config.FileType,
            ParameterSize = Text(info, "parameter_size") ?? config.ParameterSize,
            ContextLength = Count(info, "context_length") ?? config.ContextLength,
            EmbeddingLength = Count(info, "embedding_length") ?? config.EmbeddingLength,
            Capabilities = info["capabilities"] is JsonArray list
                ?
                [
                    .. config.Capabilities,
                    .. list.Where(item => item?.GetValueKind() == JsonValueKind.String).Select(item => item!.GetValue<string>()),
                ]
                : config.Capabilities,
        };
    }

    /// <summary>A text that was given; an empty one counts as not given.</summary>
    private static string? Text(JsonObject info, string key)
    {
        if (!info.TryGetPropertyValue(key, out var value))
            return null;
        return value?.GetValueKind() == JsonValueKind.String
            ? value.GetValue<string>() is { Length: > 0 } text ? text : null
            : throw StoreException.Invalid($"info field \"{key}\" must be a string", key);
    }

    private static long? Count(JsonObject info, string key)
    {
        if (!info.TryGetPropertyValue(key, out var value))
            return null;
        if (value?.GetValueKind() != JsonValueKind.Number)
            throw StoreException.Invalid($"info field \"{key}\" must be a number", key);
        var number = double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);
        return number >= 0 && number <= long.MaxValue && number == Math.Floor(number)
            ? (long)number
            : throw StoreException.Invalid($"info field \"{key}\" must be a non-negative integer", key);
    }
}
