using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Settings;

/// <summary>One key of an object.</summary>
/// <param name="Name">The key.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Text">What it is for, in a sentence.</param>
/// <param name="Required">It must be there.</param>
/// <param name="Default">What holds without it, when that is one value.</param>
internal sealed record ObjectKey(string Name, ValueKind Kind, string Text, bool Required, JsonNode? Default);

/// <summary>An object with known keys: unknown and repeated ones are errors.</summary>
internal sealed record ObjectKind(ImmutableArray<ObjectKey> Keys, ImmutableArray<string> OneOf) : ValueKind
{
    /// <inheritdoc/>
    public override string Words => $"an object with the keys {string.Join(", ", Names)}";

    /// <summary>Keys that belong to another file, and the sentence that says so.</summary>
    internal ImmutableDictionary<string, string> Elsewhere { get; init; } = ImmutableDictionary<string, string>.Empty;

    private IEnumerable<string> Names => Keys.Select(key => key.Name);

    internal override void Check(YamlNode value, string path, SettingCheck check)
    {
        if (value is not YamlNode.Mapping mapping)
        {
            check.WrongType(value, path, Words);
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
        var meant = seen.Keys.Where(name => !Names.Contains(name, StringComparer.Ordinal))
            .Select(name => NearestWord.Find(name, Names))
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        foreach (var key in Keys.Where(key => key.Required && mapping[key.Name] is null && !meant.Contains(key.Name)))
            check.Error("DS1005", mapping, $"{Shown(path)} has no '{key.Name}'", $"add '{key.Name}:' — {key.Text}");
        if (!OneOf.Any(meant.Contains))
            CheckOneOf(mapping, path, check);
    }

    internal override void Describe(JsonObject schema)
    {
        schema["type"] = "object";
        schema["additionalProperties"] = false;
        if (Keys.Any(key => key.Required))
            schema["required"] = new JsonArray([.. Keys.Where(key => key.Required).Select(key => (JsonNode)key.Name)]);
        if (!OneOf.IsEmpty)
            schema["oneOf"] = new JsonArray([.. OneOf.Select(name => (JsonNode)new JsonObject { ["required"] = new JsonArray(name) })]);
        var properties = new JsonObject();
        foreach (var key in Keys)
        {
            var place = new JsonObject { ["description"] = key.Text };
            key.Kind.Describe(place);
            if (key.Default is { } value)
                place["default"] = value.DeepClone();
            properties[key.Name] = place;
        }

        schema["properties"] = properties;
    }

    private static string Shown(string path) => path.Length == 0 ? "the file" : path;

    private void CheckEntry(YamlEntry entry, string path, SettingCheck check)
    {
        var name = entry.Key.Value;
        if (Keys.FirstOrDefault(key => key.Name == name) is { } key)
        {
            if (entry.Value is not YamlNode.Scalar { IsNull: true })
                key.Kind.Check(entry.Value, path.Length == 0 ? name : $"{path}.{name}", check);
            return;
        }

        check.Error(
            "DS1002",
            entry.Key,
            $"{Shown(path)} has no key '{SettingCheck.Short(name)}'",
            Elsewhere.GetValueOrDefault(name) ?? NearestWord.Hint(name, Names) ?? $"known keys: {string.Join(", ", Names)}");
    }

    private void CheckOneOf(YamlNode.Mapping mapping, string path, SettingCheck check)
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
