using System.Text.Json;

namespace ModelOps.Prompting.Grammars;

/// <summary>Rules for arrays: fixed entries first, then any number of the same.</summary>
/// <param name="builder">Takes the rules.</param>
/// <param name="json">Rules of plain JSON.</param>
/// <param name="inside">Makes a rule for an entry: its schema, its place, and a name.</param>
internal sealed class ArrayRules(GrammarBuilder builder, JsonRules json, Func<JsonElement, string, string, string> inside)
{
    /// <summary>The body of a rule for an array of a schema.</summary>
    internal string Of(JsonElement schema, string path, string name)
    {
        if (Flag(schema, "uniqueItems", path) && SchemaCompiler.Count(schema, "maxItems", path) is not (0 or 1))
            throw new SchemaException("uniqueItems", path, "a grammar cannot express it; leave it out and check the answer yourself");
        var (least, most) = (SchemaCompiler.Count(schema, "minItems", path) ?? 0, SchemaCompiler.Count(schema, "maxItems", path));
        SchemaCompiler.Bounds("minItems", least, most, path);
        var prefix = schema.TryGetProperty("prefixItems", out var first) ? SchemaCompiler.List(first, "prefixItems", path) : [];
        var items = schema.TryGetProperty("items", out var rest) || schema.TryGetProperty("unevaluatedItems", out rest) ? rest : default;
        var hasRest = items.ValueKind switch
        {
            JsonValueKind.Undefined => prefix.Count == 0,
            JsonValueKind.False => false,
            JsonValueKind.Array =>
                throw new SchemaException("items", path, "must be one schema; a list of schemas is prefixItems since draft 2020-12"),
            _ => true,
        };
        if (!hasRest)
            most = Math.Min(most ?? prefix.Count, prefix.Count);
        SchemaCompiler.Bounds("minItems", least, most, path);

        var rules = prefix.Select((item, index) => inside(item, $"{path}/prefixItems/{index}", $"{name}-{index}")).ToList();
        var one = !hasRest ? "" : items.ValueKind == JsonValueKind.Undefined ? json.Any : inside(items, $"{path}/items", $"{name}-item");
        return $"\"[\" {json.Blank} {Items(rules, one, least, most, name)}{json.Blank} \"]\"";
    }

    /// <summary>Values with commas: the fixed ones, then any number of the same.</summary>
    private string Items(List<string> rules, string rest, int least, int? most, string name)
    {
        if (most == 0)
            return "";
        var comma = $"\",\" {json.Blank}";
        var count = Math.Min(rules.Count, most ?? rules.Count);
        var tail = "";
        if (rest.Length > 0 && (most is null || most > count))
        {
            var (from, to) = (Math.Max(least - count, 0), most - count);
            var isFirst = count == 0;
            var (lower, upper) = isFirst ? (Math.Max(from - 1, 0), to - 1) : (from, to);
            var several = upper == 0 ? "" : $"{builder.AddRule($"{name}-more", $"{comma} {rest}")}{{{lower},{upper}}} ";
            tail = isFirst ? $"{rest} {several}" : several;
            tail = isFirst && least == 0 ? $"({tail})? " : tail;
        }

        for (var index = count - 1; index >= 0; index--)
        {
            var part = $"{(index > 0 ? comma + " " : "")}{rules[index]} {tail}";
            tail = index < least ? part : $"({part})? ";
        }

        return tail;
    }

    private static bool Flag(
        JsonElement schema, string keyword, string path) => schema.TryGetProperty(keyword, out var value) && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new SchemaException(keyword, path, "must be true or false"),
        };
}
