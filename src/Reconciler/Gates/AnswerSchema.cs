using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ModelOps.Reconciler.Gates;

/// <summary>
/// Judges an answer by a JSON Schema, with the keywords that judge one value by itself. A schema with any other keyword is refused before
/// anything is judged by it, so that none is passed over.
/// </summary>
internal static class AnswerSchema
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    private static readonly HashSet<string> s_notes = new(
        ["$schema", "$id", "$comment", "title", "description", "default", "examples"], StringComparer.Ordinal);

    private static readonly string[] s_types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    /// <summary>Why a schema cannot be used; null when it can.</summary>
    internal static string? ProblemOf(JsonNode? schema)
    {
        if (schema is JsonValue flag && flag.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
            return null;
        if (schema is not JsonObject map)
            return "a schema is an object, true or false";
        return map.Select(pair => ProblemOf(pair.Key, pair.Value)).FirstOrDefault(problem => problem is not null);
    }

    /// <summary>What is wrong with a text as an answer; null when nothing is.</summary>
    internal static string? Judge(JsonNode schema, string text)
    {
        JsonNode? value;
        try
        {
            value = JsonNode.Parse(text);
        }
        catch (JsonException error)
        {
            return $"is no JSON: {error.Message.Split('.')[0]}";
        }

        return Judge(schema, value, "the answer");
    }

    private static string? ProblemOf(string keyword, JsonNode? value)
    {
        if (s_notes.Contains(keyword))
            return null;
        var isRight = keyword switch
        {
            "type" => Texts(value) is { Length: > 0 } types && types.All(type => s_types.Contains(type, StringComparer.Ordinal)),
            "enum" => value is JsonArray,
            "const" => true,
            "required" => value is JsonArray && Texts(value) is not null,
            "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" => Number(value) is not null,
            "minItems" or "maxItems" or "minLength" or "maxLength" => Number(value) is >= 0,
            "pattern" => value is JsonValue pattern && pattern.TryGetValue<string>(out var text) && IsExpression(text),
            "properties" => value is JsonObject,
            "anyOf" or "oneOf" or "allOf" => value is JsonArray { Count: > 0 },
            "items" or "additionalProperties" or "not" => true,
            _ => (bool?)null,
        };
        return isRight switch
        {
            null => $"the keyword '{keyword}' is not judged here",
            false => $"'{keyword}' has a value that it cannot have",
            _ => Inner(keyword, value).Select(ProblemOf).FirstOrDefault(problem => problem is not null),
        };
    }

    private static IEnumerable<JsonNode?> Inner(string keyword, JsonNode? value) => keyword switch
    {
        "properties" => value!.AsObject().Select(pair => pair.Value),
        "anyOf" or "oneOf" or "allOf" => value!.AsArray(),
        "items" or "additionalProperties" or "not" => [value],
        _ => [],
    };

    private static string? Judge(JsonNode? schema, JsonNode? value, string place)
    {
        if (schema is not JsonObject map)
            return schema!.GetValue<bool>() ? null : $"{place} must not be there";
        return map.Select(pair => Judge(map, pair.Key, pair.Value, value, place)).FirstOrDefault(problem => problem is not null);
    }

    private static string? Judge(JsonObject schema, string keyword, JsonNode? wanted, JsonNode? value, string place) => keyword switch
    {
        "type" when !Texts(wanted)!.Any(type => IsOf(type, value)) => $"{place} is not of type {string.Join(" or ", Texts(wanted)!)}",
        "enum" when !wanted!.AsArray().Any(one => JsonNode.DeepEquals(one, value)) => $"{place} is none of {wanted.ToJsonString()}",
        "const" when !JsonNode.DeepEquals(wanted, value) => $"{place} is not {wanted?.ToJsonString() ?? "null"}",
        "not" when Judge(wanted, value, place) is null => $"{place} is what it must not be",
        "allOf" => First(wanted!.AsArray().Select(one => Judge(one, value, place))),
        "anyOf" when wanted!.AsArray().All(one => Judge(one, value, place) is not null) => $"{place} is nothing of anyOf",
        "oneOf" when wanted!.AsArray().Count(one => Judge(one, value, place) is null) != 1 => $"{place} is not exactly one of oneOf",
        _ => value switch
        {
            JsonObject map => OfObject(schema, keyword, wanted, map, place),
            JsonArray list => OfArray(keyword, wanted, list, place),
            JsonValue scalar => OfScalar(keyword, wanted, scalar, place),
            _ => null,
        },
    };

    private static string? OfObject(JsonObject schema, string keyword, JsonNode? wanted, JsonObject value, string place)
    {
        var known = schema["properties"] as JsonObject;
        return keyword switch
        {
            "required" => First(
                Texts(wanted)!.Where(name => !value.ContainsKey(name)).Select(name => $"{place} has no '{name}'")),
            "properties" => First(
                known!.Where(pair => value.ContainsKey(pair.Key)).Select(pair => Judge(pair.Value, value[pair.Key], $"'{pair.Key}'"))),
            "additionalProperties" => First(
                value.Where(pair => known?.ContainsKey(pair.Key) != true).Select(pair => Judge(wanted, pair.Value, $"'{pair.Key}'"))),
            _ => null,
        };
    }

    private static string? OfArray(string keyword, JsonNode? wanted, JsonArray value, string place) => keyword switch
    {
        "items" => First(value.Select((item, index) => Judge(wanted, item, string.Create(CultureInfo.InvariantCulture, $"item {index}")))),
        "minItems" when value.Count < Number(wanted) => $"{place} has fewer than {wanted} items",
        "maxItems" when value.Count > Number(wanted) => $"{place} has more than {wanted} items",
        _ => null,
    };

    private static string? OfScalar(string keyword, JsonNode? wanted, JsonValue value, string place)
    {
        if (value.TryGetValue<string>(out var text))
        {
            return keyword switch
            {
                "minLength" when text.Length < Number(wanted) => $"{place} is shorter than {wanted}",
                "maxLength" when text.Length > Number(wanted) => $"{place} is longer than {wanted}",
                "pattern" when !Regex.IsMatch(text, wanted!.GetValue<string>(), Options, s_limit) => $"{place} does not match /{wanted}/",
                _ => null,
            };
        }

        return Number(value) is not { } number ? null : keyword switch
        {
            "minimum" when number < Number(wanted) => $"{place} is below {wanted}",
            "maximum" when number > Number(wanted) => $"{place} is above {wanted}",
            "exclusiveMinimum" when number <= Number(wanted) => $"{place} is not above {wanted}",
            "exclusiveMaximum" when number >= Number(wanted) => $"{place} is not below {wanted}",
            _ => null,
        };
    }

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String)
            or ("number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null)
            => true,
        ("integer", JsonValueKind.Number) => Number(value) is { } number && Math.Floor(number) == number,
        _ => false,
    };

    private static string? First(IEnumerable<string?> problems) => problems.FirstOrDefault(problem => problem is not null);

    /// <summary>One text, or a list of nothing but texts; null for anything else.</summary>
    private static string[]? Texts(JsonNode? value) => value switch
    {
        JsonValue one when one.TryGetValue<string>(out var text) => [text],
        JsonArray list when list.All(item => item is JsonValue text && text.GetValueKind() == JsonValueKind.String)
            => [.. list.Select(item => item!.GetValue<string>())],
        _ => null,
    };

    private static double? Number(JsonNode? value) => value?.GetValueKind() == JsonValueKind.Number
        && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : null;

    private static bool IsExpression(string text)
    {
        try
        {
            return new Regex(text, Options).ToString().Length == text.Length;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
