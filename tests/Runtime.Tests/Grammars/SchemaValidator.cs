using System.Text.Json;
using System.Text.RegularExpressions;

namespace ModelOps.Runtime.Tests.Grammars;

/// <summary>
/// Says whether a JSON value fits a schema: the keywords that the tests generate, read from the draft and not from the compiler.
/// </summary>
internal static class SchemaValidator
{
    internal static bool Fits(JsonElement schema, JsonElement value, JsonElement root)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return schema.ValueKind == JsonValueKind.True;
        return schema.EnumerateObject().All(keyword => Holds(keyword.Name, keyword.Value, schema, value, root));
    }

    private static bool Holds(string keyword, JsonElement wanted, JsonElement schema, JsonElement value, JsonElement root) => keyword switch
    {
        "$ref" => Fits(root.GetProperty("$defs").GetProperty(wanted.GetString()!.Split('/')[^1]), value, root),
        "type" => wanted.ValueKind == JsonValueKind.Array
            ? wanted.EnumerateArray().Any(one => Is(one.GetString()!, value))
            : Is(wanted.GetString()!, value),
        "enum" => wanted.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)),
        "const" => JsonElement.DeepEquals(wanted, value),
        "anyOf" => wanted.EnumerateArray().Any(one => Fits(one, value, root)),
        "oneOf" => wanted.EnumerateArray().Count(one => Fits(one, value, root)) == 1,
        "allOf" => wanted.EnumerateArray().All(one => Fits(one, value, root)),
        "properties" => value.ValueKind != JsonValueKind.Object
            || wanted.EnumerateObject().All(one => !value.TryGetProperty(one.Name, out var member) || Fits(one.Value, member, root)),
        "required" =>
            value.ValueKind != JsonValueKind.Object || wanted.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "additionalProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().All(member =>
            (schema.TryGetProperty("properties", out var known) && known.TryGetProperty(member.Name, out _))
                || Fits(wanted, member.Value, root)),
        "items" => value.ValueKind != JsonValueKind.Array
            || value.EnumerateArray()
                .Skip(schema.TryGetProperty("prefixItems", out var prefix) ? prefix.GetArrayLength() : 0)
                .All(item => Fits(wanted, item, root)),
        "prefixItems" => value.ValueKind != JsonValueKind.Array
            || value.EnumerateArray().Zip(wanted.EnumerateArray()).All(pair => Fits(pair.Second, pair.First, root)),
        "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= wanted.GetInt32(),
        "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= wanted.GetInt32(),
        "minLength" => value.ValueKind != JsonValueKind.String || Length(value) >= wanted.GetInt32(),
        "maxLength" => value.ValueKind != JsonValueKind.String || Length(value) <= wanted.GetInt32(),
        "pattern" => value.ValueKind != JsonValueKind.String
            || Regex.IsMatch(value.GetString()!, wanted.GetString()!, RegexOptions.ECMAScript, TimeSpan.FromSeconds(5)),
        "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= wanted.GetDecimal(),
        "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= wanted.GetDecimal(),
        "exclusiveMinimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() > wanted.GetDecimal(),
        "exclusiveMaximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() < wanted.GetDecimal(),
        "$defs" => true,
        _ => throw new InvalidOperationException(keyword),
    };

    private static int Length(JsonElement text) => text.GetString()!.EnumerateRunes().Count();

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        _ => value.ValueKind == JsonValueKind.Number && value.GetDecimal() == Math.Floor(value.GetDecimal()),
    };
}
