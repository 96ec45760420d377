using System.Text.Json;

namespace ModelOps.Http.Reading;

/// <summary>Members of values whose shape is the sender's own: keys are exact there, and what has another type counts as absent.</summary>
internal static class JsonFields
{
    /// <summary>A member of an object; Undefined when it is absent, or when this is not an object.</summary>
    internal static JsonElement At(this JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var value) ? value : default;

    /// <summary>A text, or null.</summary>
    internal static string? TextAt(this JsonElement json, string key) =>
        json.At(key) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
