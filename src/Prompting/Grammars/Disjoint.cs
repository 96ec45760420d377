using System.Text.Json;

namespace ModelOps.Prompting.Grammars;

/// <summary>Whether schemas certainly have no value in common: then <c>oneOf</c> is the same as <c>anyOf</c>.</summary>
internal static class Disjoint
{
    private const int MostSchemas = 300;
    private const long MostCompared = 10_000;

    /// <summary>Every two of them.</summary>
    internal static bool AreAll(IReadOnlyList<JsonElement> schemas)
    {
        if (schemas.Count > MostSchemas)
            return false;
        for (var first = 0; first < schemas.Count; first++)
        {
            for (var second = first + 1; second < schemas.Count; second++)
            {
                if (!Are(schemas[first], schemas[second], 0))
                    return false;
            }
        }

        return true;
    }

    /// <summary>A value has a type of JSON Schema.</summary>
    internal static bool IsOf(JsonElement value, string type) => (value.ValueKind, type) switch
    {
        (JsonValueKind.Object, "object") or (JsonValueKind.Array, "array")
            or (JsonValueKind.String, "string") or (JsonValueKind.Null, "null") =>
            true,
        (JsonValueKind.True or JsonValueKind.False, "boolean") or (JsonValueKind.Number, "number") => true,
        (JsonValueKind.Number, "integer") => value.GetDouble() == Math.Floor(value.GetDouble()),
        _ => false,
    };

    private static bool Are(JsonElement first, JsonElement second, int depth)
    {
        if (first.ValueKind != JsonValueKind.Object || second.ValueKind != JsonValueKind.Object || depth > 4)
            return false;
        var (some, others) = (Values(first), Values(second));
        if (some is not null && others is not null)
            return (long)some.Count * others.Count <= MostCompared
                && !some.Exists(value => others.Exists(other => JsonElement.DeepEquals(value, other)));
        var (types, otherTypes) = (Types(first, some), Types(second, others));
        if (types is not null && otherTypes is not null && !types.Exists(type => otherTypes.Exists(other => Overlap(type, other))))
            return true;
        return types is ["object"] && otherTypes is ["object"] && AreTold(first, second, depth);
    }

    /// <summary>A key that both require and whose values never agree.</summary>
    private static bool AreTold(JsonElement first, JsonElement second, int depth) =>
        Required(first).Intersect(Required(second), StringComparer.Ordinal).Any(key =>
            Property(first, key) is { } one && Property(second, key) is { } other && Are(one, other, depth + 1));

    private static JsonElement? Property(JsonElement schema, string key) =>
        schema.TryGetProperty("properties", out var properties)
            && properties.ValueKind == JsonValueKind.Object
            && properties.TryGetProperty(key, out var found)
            ? found
            : null;

    private static IEnumerable<string> Required(JsonElement schema) =>
        schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)
            : [];

    private static List<JsonElement>? Values(JsonElement schema)
    {
        if (schema.TryGetProperty("const", out var constant))
            return [constant];
        return schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array
            ? [.. values.EnumerateArray()]
            : null;
    }

    private static List<string>? Types(JsonElement schema, List<JsonElement>? values)
    {
        if (schema.TryGetProperty("type", out var type))
            return type.ValueKind == JsonValueKind.String
                ? [type.GetString()!]
                : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(item => item.ToString())]
                : null;
        if (values is not null)
            return [.. values.Select(TypeOf).Distinct(StringComparer.Ordinal)];
        return schema.TryGetProperty("properties", out _) ? ["object"] : null;
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.Null => "null",
        _ => "boolean",
    };

    private static bool Overlap(string first, string second) =>
        first == second || (first is "number" or "integer" && second is "number" or "integer");
}
