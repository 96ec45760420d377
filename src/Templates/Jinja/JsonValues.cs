using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja;

/// <summary>JSON as Python's decoder gives it.</summary>
internal static class JsonValues
{
    public static object? Of(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return null;
            case JsonObject members:
                Budget.EnsureStack();
                var dict = new PyDict(members.Count);
                foreach (var (name, value) in members)
                    dict[name] = Of(value);
                return dict;
            case JsonArray items:
                Budget.EnsureStack();
                return new PyList([.. items.Select(Of)]);
            default:
                return Scalar(node.AsValue());
        }
    }

    public static object? Of(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                Budget.EnsureStack();
                var dict = new PyDict();
                foreach (var member in element.EnumerateObject())
                    dict[member.Name] = Of(member.Value);
                return dict;
            case JsonValueKind.Array:
                Budget.EnsureStack();
                var items = new List<object?>(element.GetArrayLength());
                foreach (var item in element.EnumerateArray())
                    items.Add(Of(item));
                return new PyList(items);
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return Number(element.GetRawText());
            case JsonValueKind.True or JsonValueKind.False:
                return Truth.Box(element.GetBoolean());
            default:
                return null;
        }
    }

    private static object? Scalar(JsonValue value)
    {
        if (value.TryGetValue<JsonElement>(out var element))
            return Of(element);
        if (value.TryGetValue<string>(out var text))
            return text;
        if (value.TryGetValue<double>(out var real))
            return real;
        return value.TryGetValue<bool>(out var flag) ? Truth.Box(flag) : Number(value.ToJsonString());
    }

    private static object Number(string text) => text.AsSpan().IndexOfAny(".eE") < 0
        ? long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small)
            ? Numbers.Box(small)
            : Numbers.ParseInteger(text, 10) ?? throw PythonError.Value("not a number")
        : double.Parse(text, CultureInfo.InvariantCulture);
}
