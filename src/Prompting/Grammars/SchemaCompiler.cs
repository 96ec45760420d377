using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Grammars;

/// <summary>
/// Makes rules of one JSON Schema (draft 2020-12). Every text that the rules accept fits the schema; where the schema leaves a freedom that
/// is of no use to a reader the rules take one way: the keys of an object come in the order of <c>properties</c>, required ones first, and
/// keys that are not listed only where <c>additionalProperties</c> asks for them.
/// </summary>
internal sealed class SchemaCompiler(GrammarBuilder builder, JsonElement root)
{
    private const int MostDepth = 48;
    private const int MostSchemas = 20_000;
    private const long MostMerged = 8 * 1024 * 1024;

    /// <summary>The engine refuses more repetitions than this of anything.</summary>
    private const int MostRepetitions = 2000;

    private readonly JsonRules _json = new(builder);
    private readonly SchemaReferences _references = new();
    private int _depth;
    private int _schemas;
    private long _merged;

    /// <summary>The rule of the whole schema.</summary>
    internal string Compile(string wantedName) => Compile(wantedName, root, "");

    /// <summary>The rule of a part of it.</summary>
    internal string Compile(string wantedName, JsonElement part, string path)
    {
        SchemaText.Check(root);
        return builder.AddRule(wantedName, Rule(part, path, wantedName));
    }

    /// <summary>A rule body for a value of a schema.</summary>
    private string Rule(JsonElement schema, string path, string name)
    {
        if (schema.ValueKind == JsonValueKind.True)
            return _json.Any;
        if (schema.ValueKind == JsonValueKind.False)
            throw new SchemaException("", path, "false allows no value at all");
        if (schema.ValueKind != JsonValueKind.Object)
            throw new SchemaException("", path, "a schema must be an object or a boolean");
        if (++_depth > MostDepth)
            throw new SchemaException("", path, $"schemas are nested more than {MostDepth} deep");
        if (++_schemas > MostSchemas)
            throw new SchemaException("", path, $"it is made of more than {MostSchemas} schemas, references followed");
        try
        {
            SchemaKeywords.Check(schema, path);
            return OfKeywords(schema, path, name);
        }
        finally
        {
            _depth--;
        }
    }

    private string OfKeywords(JsonElement schema, string path, string name)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            return SchemaKeywords.OtherThan(schema, "$ref") is null
                ? Reference(reference, path)
                : Merged(schema, "$ref", [reference], path, name);
        if (schema.TryGetProperty("allOf", out var all))
            return Merged(schema, "allOf", List(all, "allOf", path), path, name);
        if (schema.TryGetProperty("anyOf", out var any))
            return Alternatives(schema, "anyOf", List(any, "anyOf", path), path, name);
        if (schema.TryGetProperty("oneOf", out var one))
        {
            var choices = List(one, "oneOf", path);
            if (!Disjoint.AreAll([.. choices.Select(choice => Resolved(choice, path))]))
                throw new SchemaException(
                    "oneOf", path, "two of its schemas may fit the same value; use anyOf, or tell them apart by type, const or enum");
            return Alternatives(schema, "oneOf", choices, path, name);
        }

        if (schema.TryGetProperty("const", out var constant))
            return Chosen(schema, [constant], "const", path);
        if (schema.TryGetProperty("enum", out var values))
            return Chosen(schema, List(values, "enum", path), "enum", path);
        return OfTypes(schema, path, name);
    }

    private string OfTypes(JsonElement schema, string path, string name) =>
        string.Join(" | ", Types(schema, path).Select(type => OfType(type, schema, path, name)));

    private string OfType(string type, JsonElement schema, string path, string name) => type switch
    {
        "object" => new ObjectRules(builder, _json, Inside).Of(schema, path, name),
        "array" => new ArrayRules(builder, _json, Inside).Of(schema, path, name),
        "string" => Text(schema, path, name),
        "integer" => Integer(schema, path, name),
        "number" => Number(schema, path, name),
        "boolean" => "(\"true\" | \"false\")",
        "null" => "\"null\"",
        "any" => _json.Any,
        _ => throw new SchemaException("type", path, $"there is no type \"{type}\""),
    };

    /// <summary>A rule for a value inside of another.</summary>
    private string Inside(JsonElement schema, string path, string name) =>
        _references.Inside(() => builder.AddRule(name, Rule(schema, path, name)));

    private static string[] Types(JsonElement schema, string path)
    {
        if (schema.TryGetProperty("type", out var type))
        {
            return type.ValueKind switch
            {
                JsonValueKind.String => [type.GetString()!],
                JsonValueKind.Array
                    when type.GetArrayLength() > 0 && type.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
                    [.. type.EnumerateArray().Select(item => item.GetString()!).Distinct(StringComparer.Ordinal)],
                _ => throw new SchemaException("type", path, "must be a name or a list of names"),
            };
        }

        // Without a type a keyword still shows what is meant.
        foreach (var (keywords, implied) in Implied)
        {
            if (Array.Exists(keywords, keyword => schema.TryGetProperty(keyword, out _)))
                return [implied];
        }

        return ["any"];
    }

    private static readonly (string[] Keywords, string Type)[] Implied =
    [
        (["properties", "required", "additionalProperties", "minProperties", "maxProperties"], "object"),
        (["items", "prefixItems", "minItems", "maxItems", "uniqueItems"], "array"),
        (["pattern", "format", "minLength", "maxLength"], "string"),
        (["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"], "number"),
    ];

    private static string Chosen(JsonElement schema, IReadOnlyList<JsonElement> values, string keyword, string path)
    {
        if (SchemaKeywords.OtherThan(schema, keyword, "type") is { } other)
            throw new SchemaException(other, path, $"cannot stand beside {keyword}; leave it out");
        var types = schema.TryGetProperty("type", out _) ? Types(schema, path) : null;
        var fitting = values.Where(value => types is null || types.Any(type => Disjoint.IsOf(value, type))).ToList();
        if (fitting.Count == 0)
            throw new SchemaException(keyword, path, "no value of it fits the type");
        return "(" + string.Join(" | ", fitting.Select(JsonRules.Exactly)) + ")";
    }

    private string Alternatives(JsonElement schema, string keyword, IReadOnlyList<JsonElement> choices, string path, string name)
    {
        var others = SchemaKeywords.OtherThan(schema, keyword) is not null;
        var rules = choices.Select((choice, index) => others
            ? builder.AddRule($"{name}-{index}", Merged(schema, keyword, [choice], path, name))
            : builder.AddRule($"{name}-{index}", Rule(choice, $"{path}/{keyword}/{index}", $"{name}-{index}")));
        return string.Join(" | ", rules);
    }

    /// <summary>The schema without a keyword, together with others.</summary>
    private string Merged(JsonElement schema, string keyword, IReadOnlyList<JsonElement> others, string path, string name)
    {
        var merged = Node(schema, path);
        merged.Remove(keyword);
        merged.Remove("$defs");
        merged.Remove("definitions");
        foreach (var other in others)
            merged = SchemaMerge.Both(
                merged, SchemaMerge.AsPart(Node(keyword == "$ref" ? Target(other, path) : Resolved(other, path), path), path), path);
        var text = merged.ToJsonString();
        _merged += text.Length;
        return _merged <= MostMerged
            ? Rule(JsonElement.Parse(text, JsonNesting.Document), $"{path}/{keyword}", name)
            : throw new SchemaException(keyword, path, "putting its schemas together takes too much; write them out");
    }

    private static JsonObject Node(JsonElement schema, string path) => schema.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(schema)!,
        JsonValueKind.True => [],
        _ => throw new SchemaException("", path, "a schema must be an object or a boolean"),
    };

    private JsonElement Resolved(JsonElement schema, string path)
    {
        for (var steps = 0; schema.ValueKind == JsonValueKind.Object
            && schema.TryGetProperty("$ref", out var reference)
            && SchemaKeywords.OtherThan(schema, "$ref") is null; steps++)
        {
            if (steps > MostDepth)
                throw new SchemaException("$ref", path, "it leads to itself");
            schema = Target(reference, path);
        }

        return schema;
    }

    private string Reference(JsonElement reference, string path)
    {
        var target = Target(reference, path);
        var pointer = reference.GetString()!;
        _references.Use(pointer, path);
        if (_references.TryGet(pointer, out var known))
            return known;
        var name = builder.Reserve("ref-" + pointer.Split('/')[^1]);
        _references.Make(pointer, name, () => builder.SetRule(name, Rule(target, pointer.TrimStart('#'), name)));
        return name;
    }

    /// <summary>What a reference points at, inside this schema.</summary>
    private JsonElement Target(JsonElement reference, string path)
    {
        var pointer = reference.ValueKind == JsonValueKind.String ? reference.GetString()! : "";
        if (!pointer.StartsWith('#') || (pointer.Length > 1 && pointer[1] != '/'))
            throw new SchemaException("$ref", path, "only references into the same schema (#/…) can be followed");
        var at = root;
        foreach (var step in pointer.Split('/').Skip(1))
        {
            var key = Uri.UnescapeDataString(step)
                .Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Array && int.TryParse(key, out var index) && index >= 0 && index < at.GetArrayLength())
                at = at[index];
            else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(key, out at))
                throw new SchemaException("$ref", path, $"there is nothing at {pointer}");
        }

        return at;
    }

    private string Text(JsonElement schema, string path, string name)
    {
        var (least, most) = (Count(schema, "minLength", path), Count(schema, "maxLength", path));
        Bounds("minLength", least ?? 0, most, path);
        foreach (var keyword in new[] { "pattern", "format" })
        {
            if (schema.TryGetProperty(keyword, out var value))
                return $"\"\\\"\" ({Shaped(schema, keyword, value, least, most, path)}) \"\\\"\"";
        }

        if (most == 0)
            return GrammarBuilder.Literal("\"\"");
        return least is null && most is null
            ? _json.Text
            : builder.AddRule($"string-{least ?? 0}-{most}", $"\"\\\"\" {_json.Character}{{{least ?? 0},{most}}} \"\\\"\"");
    }

    /// <summary>Text of a pattern or a format. How long it can be must follow from that alone.</summary>
    private string Shaped(JsonElement schema, string keyword, JsonElement value, int? least, int? most, string path)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw new SchemaException(keyword, path, "must be a string");
        if (keyword == "pattern" && schema.TryGetProperty("format", out _))
            throw new SchemaException("format", path, "cannot stand beside pattern; leave one of them out");
        var (body, shortest, longest) = keyword == "pattern"
            ? PatternRules.Of(value.GetString()!, builder, path)
            : StringFormats.Of(value.GetString()!)
                ?? throw new SchemaException(
                    "format", path, $"\"{value.GetString()}\" is not a format that can be enforced; use a pattern");
        if (shortest < least)
            throw new SchemaException(
                "minLength", path, $"cannot stand beside a {keyword} that allows shorter texts; put the length into a pattern");
        if (longest is null ? most is not null : longest > most)
            throw new SchemaException(
                "maxLength", path, $"cannot stand beside a {keyword} that allows longer texts; put the length into a pattern");
        return body;
    }

    private string Integer(JsonElement schema, string path, string name)
    {
        if (schema.TryGetProperty("multipleOf", out var step) && !(step.ValueKind == JsonValueKind.Number && step.GetDouble() == 1))
            throw new SchemaException("multipleOf", path, "a grammar cannot express it; leave it out and check the answer yourself");
        var (least, most) = NumberBounds.WholeOf(schema, path);
        return least is null && most is null ? _json.Integer : $"({IntegerRanges.Of(least, most)})";
    }

    private string Number(JsonElement schema, string path, string name)
    {
        if (schema.TryGetProperty("multipleOf", out _))
            throw new SchemaException("multipleOf", path, "a grammar cannot express it; leave it out and check the answer yourself");
        return NumberBounds.RuleOf(schema, path) ?? _json.Number;
    }

    /// <summary>Refuses bounds that leave nothing between them.</summary>
    internal static void Bounds(string keyword, int least, int? most, string path)
    {
        if (most < least)
            throw new SchemaException(keyword, path, $"no value can have at least {least} and at most {most}");
    }

    /// <summary>The entries of a list, at least one.</summary>
    internal static IReadOnlyList<JsonElement> List(JsonElement list, string keyword, string path) =>
        list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
            ? [.. list.EnumerateArray()]
            : throw new SchemaException(keyword, path, "must be a list with at least one entry");

    /// <summary>A bound that counts something.</summary>
    internal static int? Count(JsonElement schema, string keyword, string path)
    {
        if (!schema.TryGetProperty(keyword, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number < 0 || number != Math.Floor(number))
            throw new SchemaException(keyword, path, "must be a whole number, not negative");
        return number <= MostRepetitions
            ? (int)number
            : throw new SchemaException(
                keyword, path, $"more than {MostRepetitions} cannot be counted by a grammar; leave it out or use a smaller number");
    }
}
