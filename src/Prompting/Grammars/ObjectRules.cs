using System.Text;
using System.Text.Json;

namespace ModelOps.Prompting.Grammars;

/// <summary>Rules for the objects of a schema.</summary>
/// <param name="builder">Gets the rules.</param>
/// <param name="json">Rules of JSON.</param>
/// <param name="compile">Makes a rule of a schema at a path.</param>
internal sealed class ObjectRules(GrammarBuilder builder, JsonRules json, Func<JsonElement, string, string, string> compile)
{
    private const int MostKeyLength = 200;

    /// <summary>Body of a rule.</summary>
    internal string Of(JsonElement schema, string path, string name)
    {
        var properties = schema.TryGetProperty("properties", out var found) ? found : default;
        if (properties.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
            throw new SchemaException("properties", path, "must be an object");
        var required = Required(schema, path);
        var known = properties.ValueKind == JsonValueKind.Object ? properties.EnumerateObject().ToList() : [];
        var additional = Additional(schema, path, isFree: known.Count == 0 && required.Count == 0);
        var undeclared = required.Where(key => known.TrueForAll(property => property.Name != key)).ToList();
        if (undeclared.Count > 0
            && additional.ValueKind == JsonValueKind.False
            && (schema.TryGetProperty("additionalProperties", out _) || schema.TryGetProperty("unevaluatedProperties", out _)))
            throw new SchemaException("required", path, $"\"{undeclared[0]}\" is demanded, but additionalProperties forbids it");
        CheckCounts(schema, path, required.Count, known.Count + undeclared.Count, additional.ValueKind != JsonValueKind.False);
        if (known.Count == 0 && required.Count == 0 && additional.ValueKind == JsonValueKind.True)
            return json.Object;

        List<string> must = [.. known.Where(property => required.Contains(property.Name)).Select(
            property => Member(property.Name, property.Value, path, name))];
        must.AddRange(undeclared.Select(key => json.Key(key) + " " + Value(additional, path, name)));
        List<string> may = [.. known.Where(
            property => !required.Contains(property.Name) && property.Value.ValueKind != JsonValueKind.False).Select(
            property => Member(property.Name, property.Value, path, name))];
        if (additional.ValueKind != JsonValueKind.False)
            may.Add(Others(additional, [.. known.Select(property => property.Name), .. required], path, name));
        return $"\"{{\" {json.Blank} {Members(must, may, additional.ValueKind != JsonValueKind.False, name)} {json.Blank} \"}}\"";
    }

    /// <summary>The required members, then any of the others in their order.</summary>
    private string Members(List<string> must, List<string> may, bool lastRepeats, string name)
    {
        var comma = $"\",\" {json.Blank} ";
        var all = string.Join($" {comma}", must);
        if (may.Count == 0)
            return all.Length == 0 ? "\"\"" : all;
        if (must.Count > 0)
        {
            for (var index = 0; index < may.Count; index++)
                all += $" ({comma}{may[index]}){(lastRepeats && index == may.Count - 1 ? "*" : "?")}";
            return all;
        }

        // Which of them is the first decides where the commas are.
        var begins = new List<string>();
        var after = "";
        for (var index = may.Count - 1; index >= 0; index--)
        {
            var repeats = lastRepeats && index == may.Count - 1;
            begins.Insert(0, $"{may[index]}{(repeats ? $" ({comma}{may[index]})*" : "")}{after}");
            var rest = builder.AddRule($"{name}-rest", $"({comma}{may[index]}){(repeats ? "*" : "?")}{after}");
            after = " " + rest;
        }

        return $"({string.Join(" | ", begins)})?";
    }

    private string Member(string key, JsonElement schema, string path, string name) =>
        builder.AddRule(
            $"{name}-{key}-member", $"{json.Key(key)} {compile(schema, $"{path}/properties/{SchemaText.Escaped(key)}", $"{name}-{key}")}");

    /// <summary>A member whose key is not listed.</summary>
    private string Others(JsonElement schema, string[] known, string path, string name)
    {
        if (Array.Exists(known, text => text.Length > MostKeyLength))
            throw new SchemaException(
                "additionalProperties", path, $"a key is longer than {MostKeyLength} characters, so that others cannot be told from it");
        var value = Value(schema, path, name);
        var key = known.Length == 0
            ? json.Text
            : builder.AddRule(
                $"{name}-key",
                $"\"\\\"\" ({KeyExcept([.. known.Distinct(StringComparer.Ordinal).Select(text => text.EnumerateRunes().ToArray())], name, 0)}) \"\\\"\"");
        return builder.AddRule($"{name}-other", $"{key} \":\" {json.Blank} {value}");
    }

    /// <summary>The value under a key that is not listed; anything where nothing is said of those.</summary>
    private string Value(JsonElement schema, string path, string name) =>
        schema.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? json.Any
            : compile(schema, $"{path}/additionalProperties", $"{name}-value");

    /// <summary>Any key but these: letter by letter along what they share. On the way no escape may hide one of them.</summary>
    private string KeyExcept(Rune[][] known, string name, int at)
    {
        var open = known.Where(key => key.Length > at).ToList();
        var parts = new List<string>();
        if (open.Count == known.Length)
            parts.Add("\"\"");
        foreach (var same in open.GroupBy(key => key[at]))
            parts.Add($"{JsonRules.Letter(same.Key)} {builder.AddRule($"{name}-key-{at + 1}", KeyExcept([.. same], name, at + 1))}");
        var others = string.Concat(open.Select(key => key[at]).Distinct().Select(JsonRules.InClass));
        parts.Add($"[^\"\\\\\\x7F\\x00-\\x1F{others}] {json.Character}*");
        return string.Join(" | ", parts);
    }

    private static JsonElement Additional(JsonElement schema, string path, bool isFree)
    {
        foreach (var keyword in new[] { "additionalProperties", "unevaluatedProperties" })
        {
            if (!schema.TryGetProperty(keyword, out var value))
                continue;
            return value.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Object
                ? value
                : throw new SchemaException(keyword, path, "must be a schema");
        }

        return isFree ? JsonElement.Parse("true") : JsonElement.Parse("false");
    }

    private static List<string> Required(JsonElement schema, string path)
    {
        if (!schema.TryGetProperty("required", out var names))
            return [];
        return names.ValueKind == JsonValueKind.Array && names.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String)
            ? [.. names.EnumerateArray().Select(name => name.GetString()!).Distinct(StringComparer.Ordinal)]
            : throw new SchemaException("required", path, "must be a list of names");
    }

    private static void CheckCounts(JsonElement schema, string path, int required, int known, bool isOpen)
    {
        if (SchemaCompiler.Count(schema, "minProperties", path) > required)
            throw new SchemaException("minProperties", path, "a grammar cannot count keys; make the keys required");
        if (SchemaCompiler.Count(schema, "maxProperties", path) is { } most && (isOpen || most < Math.Max(known, required)))
            throw new SchemaException(
                "maxProperties", path, "a grammar cannot count keys; list the properties and set additionalProperties to false");
    }
}
