using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.Reconciler.Desired.Yaml;

namespace ModelOps.Reconciler.Desired.Schemas;

/// <summary>One key of an object.</summary>
internal sealed record SchemaKey(string Name, SchemaNode Value, bool Required = false);

/// <summary>An object with known keys: unknown and repeated ones are errors.</summary>
internal sealed record ObjectSchema(string Description, params ImmutableArray<SchemaKey> Keys) : SchemaNode(Description)
{
    /// <summary>Of these keys exactly one must be given.</summary>
    internal ImmutableArray<string> OneOf { get; init; } = [];

    internal override void Check(YamlNode value, string path, SchemaCheck check)
    {
        if (value is not YamlNode.Mapping mapping)
        {
            check.WrongType(value, path, $"an object with the keys {string.Join(", ", Keys.Select(key => key.Name))}");
            return;
        }

        var seen = new Dictionary<string, YamlNode.Scalar>(StringComparer.Ordinal);
        foreach (var entry in mapping.Entries)
        {
            if (!seen.TryAdd(entry.Key.Value, entry.Key))
            {
                check.Error(
                    "DS1003", entry.Key, $"the key '{entry.Key.Value}' stands here twice, first in line {seen[entry.Key.Value].Span.Line}",
                    "remove one of them");
                continue;
            }

            CheckEntry(entry, path, check);
        }

        // A key that is there under a wrong name is not reported as missing, too.
        var meant = seen.Keys.Where(name => Keys.All(key => key.Name != name))
            .Select(Meant)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        foreach (var key in Keys.Where(key => key.Required && mapping[key.Name] is null && !meant.Contains(key.Name)))
            check.Error("DS1005", mapping, $"{Shown(path)} has no '{key.Name}'", $"add '{key.Name}:' — {key.Value.Description}");
        if (!OneOf.Any(meant.Contains))
            CheckOneOf(mapping, path, check);
    }

    private protected override void Write(JsonObject schema)
    {
        schema["type"] = "object";
        schema["additionalProperties"] = false;
        if (Keys.Any(key => key.Required))
            schema["required"] = new JsonArray([.. Keys.Where(key => key.Required).Select(key => (JsonNode)key.Name)]);
        if (!OneOf.IsEmpty)
            schema["oneOf"] = new JsonArray([.. OneOf.Select(name => (JsonNode)new JsonObject { ["required"] = new JsonArray(name) })]);
        var properties = new JsonObject();
        foreach (var key in Keys)
            properties[key.Name] = key.Value.ToJson();
        schema["properties"] = properties;
    }

    private static string Shown(string path) => path.Length == 0 ? "the file" : path;

    private void CheckEntry(YamlEntry entry, string path, SchemaCheck check)
    {
        var name = entry.Key.Value;
        var key = Keys.FirstOrDefault(key => key.Name == name);
        if (key is null)
        {
            check.Error(
                "DS1002",
                entry.Key,
                $"{Shown(path)} has no key '{SchemaCheck.Short(name)}'",
                NearestWord.Hint(name, Keys.Select(key => key.Name)) ?? $"known keys: {string.Join(", ", Keys.Select(key => key.Name))}");
        }
        else if (entry.Value is not YamlNode.Scalar { IsNull: true })
        {
            key.Value.Check(entry.Value, path.Length == 0 ? name : $"{path}.{name}", check);
        }
    }

    /// <summary>The known key that a wrong name is most like.</summary>
    private string? Meant(string name) => NearestWord.Find(name, Keys.Select(key => key.Name));

    private void CheckOneOf(YamlNode.Mapping mapping, string path, SchemaCheck check)
    {
        if (OneOf.IsEmpty)
            return;
        var given = OneOf.Where(name => mapping[name] is not null).ToArray();
        if (given.Length == 0)
            check.Error("DS1012", mapping, $"{Shown(path)} needs one of {string.Join(", ", OneOf)}", "give exactly one");
        else if (given.Length > 1)
            check.Error("DS1012", mapping[given[1]]!, $"{Shown(path)} has both {string.Join(" and ", given)}", "give exactly one");
    }
}
