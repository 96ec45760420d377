using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Showing;

/// <summary>Parameters as <c>/api/show</c> prints them: a name, padded, and a value a line.</summary>
public static class ParametersText
{
    private const int NameWidth = 30;

    /// <summary>All parameters, in the order of their names; lists take a line per item. Empty without parameters.</summary>
    public static string Of(JsonObject parameters) => string.Join('\n', Values(parameters).Select(Line));

    /// <summary>Every parameter with its value as plain text, lists item by item, in the order of the names.</summary>
    internal static IEnumerable<(string Name, JsonNode? Value)> Values(JsonObject parameters)
    {
        foreach (var (name, value) in parameters.OrderBy(parameter => parameter.Key, Utf8Order.Comparer))
        {
            if (value is JsonArray items)
            {
                foreach (var item in items)
                    yield return (name, item);
            }
            else
            {
                yield return (name, value);
            }
        }
    }

    /// <summary>A value as it is printed without quotes.</summary>
    internal static string Plain(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "<nil>",
        JsonValueKind.String => value.GetValue<string>(),
        JsonValueKind.Number => GoNumber.Print(double.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture)),
        _ => value.ToJsonString(),
    };

    private static string Line((string Name, JsonNode? Value) parameter)
    {
        var (name, value) = parameter;
        var text = value?.GetValueKind() == JsonValueKind.String ? Quoted(value.GetValue<string>()) : Plain(value);
        return $"{name.PadRight(NameWidth)} {text}";
    }

    private static string Quoted(string text)
    {
        var quoted = new System.Text.StringBuilder("\"");
        foreach (var character in text)
        {
            quoted.Append(character switch
            {
                '"' or '\\' => $"\\{character}",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '\u007f' => "\\x" + ((int)character).ToString("x2", CultureInfo.InvariantCulture),
                _ => character.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
