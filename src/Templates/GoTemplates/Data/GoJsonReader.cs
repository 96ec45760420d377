using System.Text.Json;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Data;

/// <summary>Free-form JSON as values: all numbers are floats.</summary>
internal static class GoJsonReader
{
    internal static GoValue Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => GoValue.Of(true),
        JsonValueKind.False => GoValue.Of(false),
        JsonValueKind.Number => GoValue.Of(json.GetDouble()),
        JsonValueKind.String => GoValue.OfText(json.GetString()!),
        JsonValueKind.Array => GoValue.Of(new GoList(GoTypes.AnyList, [.. json.EnumerateArray().Select(Read)])),
        JsonValueKind.Object => GoValue.Of(Map(GoTypes.AnyMap, json, Read)),
        _ => GoValue.Nil,
    };

    /// <summary>An object as a map; anything else as a map that was never made.</summary>
    internal static GoMap Map(GoType type, JsonElement json, Func<JsonElement, GoValue> read)
    {
        var entries = new Dictionary<string, GoValue>(StringComparer.Ordinal);
        if (json.ValueKind != JsonValueKind.Object)
            return new GoMap(type, entries, isNil: true);
        foreach (var property in json.EnumerateObject())
            entries[ByteText.From(property.Name)] = read(property.Value);
        return new GoMap(type, entries);
    }

    /// <summary>A list; anything else as a list that was never made.</summary>
    internal static GoList List(GoType type, JsonElement json, Func<JsonElement, GoValue> read) =>
        json.ValueKind == JsonValueKind.Array
            ? new GoList(type, [.. json.EnumerateArray().Select(read)])
            : new GoList(type, [], isNil: true);

    internal static GoValue Text(JsonElement json) => GoValue.OfText(json.ValueKind == JsonValueKind.String ? json.GetString()! : "");

    internal static GoValue Texts(JsonElement json) => GoValue.Of(List(GoTypes.Texts, json, Text));

    /// <summary>
    /// The values of known keys of an object, in the order of the names; a key may be in any mix of cases, and the last one counts.
    /// </summary>
    internal static JsonElement[] Fields(JsonElement json, params ReadOnlySpan<string> names)
    {
        var values = new JsonElement[names.Length];
        if (json.ValueKind != JsonValueKind.Object)
            return values;
        foreach (var property in json.EnumerateObject())
        {
            if (Find(property, names) is var index and >= 0)
                values[index] = property.Value;
        }

        return values;
    }

    private static int Find(JsonProperty property, ReadOnlySpan<string> names)
    {
        for (var index = 0; index < names.Length; index++)
        {
            if (property.NameEquals(names[index]))
                return index;
        }

        var name = property.Name;
        for (var index = 0; index < names.Length; index++)
        {
            if (string.Equals(name, names[index], StringComparison.OrdinalIgnoreCase))
                return index;
        }

        return -1;
    }
}
