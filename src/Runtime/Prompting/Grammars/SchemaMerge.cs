using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOps.Runtime.Prompting.Grammars;

/// <summary>Makes one schema of several that must all hold (<c>allOf</c>, and what stands beside <c>anyOf</c>).</summary>
internal static class SchemaMerge
{
    /// <summary>Both at once.</summary>
    /// <exception cref="SchemaException">They cannot be put together without solving them.</exception>
    internal static JsonObject Both(JsonObject first, JsonObject second, string path)
    {
        var merged = (JsonObject)first.DeepClone();
        foreach (var (keyword, value) in second)
        {
            if (!merged.TryGetPropertyValue(keyword, out var known))
                merged[keyword] = value?.DeepClone();
            else if (!JsonNode.DeepEquals(known, value))
                merged[keyword] = Join(keyword, known, value, path);
        }

        // A list of keys is closed for those of the other schema as well.
        foreach (var (closed, other) in new[] { (first, second), (second, first) })
        {
            if (IsFalse(closed["additionalProperties"]) && other["properties"] is JsonObject more && more.Any(property => closed["properties"]?[property.Key] is null))
                throw new SchemaException("additionalProperties", path, "allOf closes an object that another part adds keys to; use unevaluatedProperties or one list of properties");
        }

        return merged;
    }

    private static JsonNode? Join(string keyword, JsonNode? first, JsonNode? second, string path)
    {
        switch (keyword)
        {
            case "title" or "description" or "default" or "examples" or "$comment" or "$id" or "$schema":
                return first?.DeepClone();
            case "required":
                return new JsonArray([.. ((JsonArray)first!).Concat((JsonArray)second!).Select(name => name!.GetValue<string>()).Distinct(StringComparer.Ordinal).Select(name => (JsonNode)JsonValue.Create(name))]);
            case "properties" or "$defs" or "definitions":
                var joined = (JsonObject)first!.DeepClone();
                foreach (var (name, schema) in (JsonObject)second!)
                {
                    if (!joined.TryGetPropertyValue(name, out var known))
                        joined[name] = schema?.DeepClone();
                    else if (!JsonNode.DeepEquals(known, schema))
                        joined[name] = known is JsonObject a && schema is JsonObject b ? Both(a, b, $"{path}/{keyword}/{name}") : throw Cannot(keyword, path);
                }

                return joined;
            case "minimum" or "exclusiveMinimum" or "minLength" or "minItems" or "minProperties":
                return Number(first) >= Number(second) ? first!.DeepClone() : second!.DeepClone();
            case "maximum" or "exclusiveMaximum" or "maxLength" or "maxItems" or "maxProperties":
                return Number(first) <= Number(second) ? first!.DeepClone() : second!.DeepClone();
            case "additionalProperties" when IsFalse(first) || IsFalse(second):
                return JsonValue.Create(false);
            case "type" when first is JsonValue && second is JsonArray several && several.Any(type => JsonNode.DeepEquals(type, first)):
                return first.DeepClone();
            case "type" when second is JsonValue && first is JsonArray several && several.Any(type => JsonNode.DeepEquals(type, second)):
                return second.DeepClone();
            case "enum" when first is JsonArray a && second is JsonArray b && a.Any(value => b.Any(other => JsonNode.DeepEquals(value, other))):
                return new JsonArray([.. a.Where(value => b.Any(other => JsonNode.DeepEquals(value, other))).Select(value => value?.DeepClone())]);
            default:
                throw Cannot(keyword, path);
        }
    }

    private static double Number(JsonNode? node) => JsonElement.Parse(node!.ToJsonString()).GetDouble();

    private static bool IsFalse(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && !flag;

    private static SchemaException Cannot(string keyword, string path) =>
        new(keyword, path, "parts of allOf or anyOf say different things about it; write one schema that says both");
}
