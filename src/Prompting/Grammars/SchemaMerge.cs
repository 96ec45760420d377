using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOps.Prompting.Grammars;

/// <summary>Makes one schema of several that must all hold (<c>allOf</c>, and what stands beside <c>anyOf</c>).</summary>
internal static class SchemaMerge
{
    private const long MostCompared = 250_000;

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

        // What is said of all other keys, or of all items, holds for those of the other schema as well.
        foreach (var (some, other) in new[] { (first, second), (second, first) })
        {
            if (Limits(some["additionalProperties"])
                && Keys(other).Any(key => some["properties"] is not JsonObject own || !own.ContainsKey(key)))
                throw new SchemaException(
                    "additionalProperties",
                    path,
                    "limits keys that another part adds; use unevaluatedProperties outside, or one list of properties");
            if (Limits(some["items"])
                && other["prefixItems"] is not null
                && !JsonNode.DeepEquals(some["prefixItems"], other["prefixItems"]))
                throw new SchemaException("items", path, "limits items that another part lists; write one schema that says both");
        }

        return merged;
    }

    /// <summary>A schema as a part of another: what it says of unevaluated keys and items is about its own only.</summary>
    /// <exception cref="SchemaException">It would have to be solved first.</exception>
    internal static JsonObject AsPart(JsonObject part, string path)
    {
        foreach (var (unevaluated, additional) in new[]
        {
            ("unevaluatedProperties", "additionalProperties"), ("unevaluatedItems", "items"),
        })
        {
            if (!part.TryGetPropertyValue(unevaluated, out var value))
                continue;
            if (part.ContainsKey("allOf") || part.ContainsKey("anyOf") || part.ContainsKey("oneOf") || part.ContainsKey("$ref"))
                throw new SchemaException(unevaluated, path, "cannot be followed beside further schemas inside of a part");
            part.Remove(unevaluated);
            if (!part.ContainsKey(additional))
                part[additional] = value?.DeepClone();
        }

        return part;
    }

    private static IEnumerable<string> Keys(JsonObject schema)
    {
        var declared = schema["properties"] is JsonObject properties ? properties.Select(property => property.Key) : [];
        return schema["required"] is JsonArray required && required.All(IsText)
            ? declared.Concat(required.Select(name => name!.GetValue<string>()))
            : declared;
    }

    private static bool IsText(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String;

    private static bool Limits(JsonNode? node) =>
        node is not null && node.GetValueKind() != JsonValueKind.True && node is not JsonObject { Count: 0 };

    private static JsonNode? Join(string keyword, JsonNode? first, JsonNode? second, string path)
    {
        switch (keyword)
        {
            case "title" or "description" or "default" or "examples" or "$comment" or "$id" or "$schema":
                return first?.DeepClone();
            case "required" when first is JsonArray a && second is JsonArray b && a.Concat(b).All(IsText):
                return new JsonArray(
                    [.. a.Concat(b)
                        .Select(name => name!.GetValue<string>())
                        .Distinct(StringComparer.Ordinal)
                        .Select(name => (JsonNode)JsonValue.Create(name))]);
            case "$defs" or "definitions":
                return first?.DeepClone();
            case "properties" when first is JsonObject one && second is JsonObject two:
                var joined = (JsonObject)one.DeepClone();
                foreach (var (name, schema) in two)
                {
                    if (!joined.TryGetPropertyValue(name, out var known))
                        joined[name] = schema?.DeepClone();
                    else if (!JsonNode.DeepEquals(known, schema))
                        joined[name] = known is JsonObject its && schema is JsonObject more
                            ? Both(its, more, $"{path}/{keyword}/{name}")
                            : throw Cannot(keyword, path);
                }

                return joined;
            case "minimum" or "exclusiveMinimum" or "minLength" or "minItems" or "minProperties" when AreNumbers(first, second):
                return Number(first) >= Number(second) ? first!.DeepClone() : second!.DeepClone();
            case "maximum" or "exclusiveMaximum" or "maxLength" or "maxItems" or "maxProperties" when AreNumbers(first, second):
                return Number(first) <= Number(second) ? first!.DeepClone() : second!.DeepClone();
            case "additionalProperties" when IsFalse(first) || IsFalse(second):
                return JsonValue.Create(false);
            case "type" when first is JsonValue && second is JsonArray several && several.Any(type => JsonNode.DeepEquals(type, first)):
                return first.DeepClone();
            case "type" when second is JsonValue && first is JsonArray several && several.Any(type => JsonNode.DeepEquals(type, second)):
                return second.DeepClone();
            case "enum"
                when first is JsonArray a
                    && second is JsonArray b
                    && (long)a.Count * b.Count <= MostCompared
                    && a.Any(value => b.Any(other => JsonNode.DeepEquals(value, other))):
                return new JsonArray(
                    [.. a.Where(value => b.Any(other => JsonNode.DeepEquals(value, other))).Select(value => value?.DeepClone())]);
            default:
                throw Cannot(keyword, path);
        }
    }

    private static bool AreNumbers(JsonNode? first, JsonNode? second) =>
        first?.GetValueKind() == JsonValueKind.Number && second?.GetValueKind() == JsonValueKind.Number;

    private static double Number(JsonNode? node) => JsonElement.Parse(node!.ToJsonString()).GetDouble();

    private static bool IsFalse(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && !flag;

    private static SchemaException Cannot(string keyword, string path) =>
        new(keyword, path, "parts of allOf or anyOf say different things about it; write one schema that says both");
}
