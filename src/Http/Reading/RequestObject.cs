using System.Collections.Immutable;
using System.Text.Json;

namespace ModelOps.Http.Reading;

/// <summary>
/// A JSON object of a request: keys of any case, the last of several wins, null is absent, unknown ones are ignored.
/// A wrong type is a 400 in the words of the reference's decoder.
/// </summary>
internal sealed class RequestObject
{
    private readonly JsonElement _json;
    private readonly string _place;
    private readonly string _path;

    private RequestObject(JsonElement json, string place, string path)
    {
        (_json, _place, _path) = (json, place, path);
    }

    /// <summary>The object itself; Undefined when the body was <c>null</c>.</summary>
    internal JsonElement Json => _json;

    /// <summary>Where a member stands in the body, such as <c>messages[2].content</c>.</summary>
    internal string PathOf(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    /// <summary>The whole body.</summary>
    /// <param name="json">The body.</param>
    /// <param name="package">The reference's package, for messages.</param>
    /// <param name="type">Its type, for messages.</param>
    internal static RequestObject Of(JsonElement json, string package, string type) => json.ValueKind switch
    {
        JsonValueKind.Object => new RequestObject(json, type + ".", ""),
        JsonValueKind.Null => new RequestObject(default, type + ".", ""),
        _ => throw RequestException.Bad($"json: cannot unmarshal {Kind(json)} into Go value of type {package}.{type}"),
    };

    /// <summary>Whether the key is there, even with null.</summary>
    internal bool Has(string key) => _json.ValueKind == JsonValueKind.Object && _json.EnumerateObject().Any(property => Is(property, key));

    /// <summary>A value of any type; Undefined when absent.</summary>
    internal JsonElement Any(string key)
    {
        JsonElement found = default;
        if (_json.ValueKind != JsonValueKind.Object)
            return found;
        foreach (var property in _json.EnumerateObject())
        {
            if (Is(property, key) && property.Value.ValueKind != JsonValueKind.Null)
                found = property.Value;
        }

        return found;
    }

    /// <summary>A text, or null.</summary>
    internal string? OptionalText(string key) => Any(key) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        var value => throw Wrong(value, key, "string"),
    };

    /// <summary>A text; empty when absent.</summary>
    internal string Text(string key) => OptionalText(key) ?? "";

    /// <summary>A flag, or null.</summary>
    internal bool? Flag(string key) => Any(key) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        var value => throw Wrong(value, key, "bool"),
    };

    /// <summary>A whole number written as one, or null.</summary>
    internal int? Integer(string key)
    {
        var value = Any(key);
        if (value.ValueKind == JsonValueKind.Undefined)
            return null;
        if (value.ValueKind != JsonValueKind.Number)
            throw Wrong(value, key, "int");
        if (value.TryGetInt64(out var number) && !value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E'))
            return (int)Math.Clamp(number, int.MinValue, int.MaxValue);
        throw WrongNumber(value, key, "int");
    }

    /// <summary>Any number, or null.</summary>
    internal double? Number(string key) => Any(key) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.Number } value when double.IsFinite(value.GetDouble()) => value.GetDouble(),
        { ValueKind: JsonValueKind.Number } value => throw WrongNumber(value, key, "float64"),
        var value => throw Wrong(value, key, "float64"),
    };

    /// <summary>A map; when the key comes several times their members are joined. Undefined when absent.</summary>
    internal JsonElement Map(string key, string type = "map[string]interface {}")
    {
        if (_json.ValueKind != JsonValueKind.Object)
            return default;
        var maps = _json.EnumerateObject().Where(property => Is(property, key) && property.Value.ValueKind != JsonValueKind.Null)
            .Select(property => property.Value).ToArray();
        if (Array.Find(maps, map => map.ValueKind != JsonValueKind.Object) is { ValueKind: not JsonValueKind.Undefined } wrong)
            throw Wrong(wrong, key, type);
        return maps.Length switch
        {
            0 => default,
            1 => maps[0],
            _ => Join(maps),
        };
    }

    /// <summary>An object, or null.</summary>
    internal RequestObject? Object(string key, string type) => Any(key) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.Object } value => new RequestObject(value, $"{_place}{key}.", PathOf(key)),
        var value => throw Wrong(value, key, type),
    };

    /// <summary>A list; <c>default</c> when absent.</summary>
    internal ImmutableArray<JsonElement> List(string key, string type) => Any(key) switch
    {
        { ValueKind: JsonValueKind.Undefined } => default,
        { ValueKind: JsonValueKind.Array } value => [.. value.EnumerateArray()],
        var value => throw Wrong(value, key, type),
    };

    /// <summary>A list of objects; <c>default</c> when absent. A null in it is an empty object.</summary>
    internal ImmutableArray<RequestObject> Objects(string key, string type)
    {
        var list = List(key, "[]" + type);
        return list.IsDefault ? default : [.. list.Select((item, index) => item.ValueKind switch
        {
            JsonValueKind.Object => new RequestObject(item, $"{_place}{key}.", $"{PathOf(key)}[{index}]"),
            JsonValueKind.Null => new RequestObject(default, $"{_place}{key}.", $"{PathOf(key)}[{index}]"),
            _ => throw Wrong(item, key, type),
        })];
    }

    /// <summary>A list of texts; <c>default</c> when absent.</summary>
    internal ImmutableArray<string> Texts(string key)
    {
        var list = List(key, "[]string");
        return list.IsDefault ? default : [.. list.Select(item => item.ValueKind switch
        {
            JsonValueKind.String => item.GetString()!,
            JsonValueKind.Null => "",
            _ => throw Wrong(item, key, "string"),
        })];
    }

    /// <summary>One member of an object whose keys are the sender's own.</summary>
    internal RequestObject Member(JsonProperty member, string type) => member.Value.ValueKind switch
    {
        JsonValueKind.Object => new RequestObject(member.Value, _place, PathOf(member.Name)),
        JsonValueKind.Null => new RequestObject(default, _place, PathOf(member.Name)),
        _ => throw RequestException.Bad(
            $"json: cannot unmarshal {Kind(member.Value)} into Go struct field {_place.TrimEnd('.')} of type {type}"),
    };

    /// <summary>The error for a value of a wrong type.</summary>
    internal RequestException Wrong(JsonElement value, string key, string type) =>
        RequestException.Bad($"json: cannot unmarshal {Kind(value)} into Go struct field {_place}{key} of type {type}");

    private RequestException WrongNumber(JsonElement value, string key, string type) =>
        RequestException.Bad($"json: cannot unmarshal number {value.GetRawText()} into Go struct field {_place}{key} of type {type}");

    /// <summary>What the reference calls a kind of JSON value.</summary>
    internal static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        _ => "null",
    };

    private static bool Is(JsonProperty property, string key) => property.Name.Equals(key, StringComparison.OrdinalIgnoreCase);

    private static JsonElement Join(JsonElement[] maps)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in maps.SelectMany(map => map.EnumerateObject()))
            members[member.Name] = member.Value;
        return Writing.JsonBytes.Element(writer =>
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        });
    }
}
