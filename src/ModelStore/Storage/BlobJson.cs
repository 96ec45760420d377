using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOps.ModelStore.Storage;

/// <summary>
/// JSON as the reference writes it into blobs, so that equal contents have equal digests: compact, keys sorted, its escapes, numbers as
/// doubles.
/// </summary>
public static class BlobJson
{
    /// <summary>The bytes of a JSON blob, with the line feed at its end.</summary>
    public static byte[] Blob(JsonNode node)
    {
        var text = new StringBuilder();
        Append(text, node);
        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    /// <summary>Appends any value; the keys of objects in ordinal order.</summary>
    public static void Append(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject properties:
                AppendObject(text, properties);
                break;
            case JsonArray items:
                AppendArray(text, items);
                break;
            default:
                AppendScalar(text, node.AsValue());
                break;
        }
    }

    /// <summary>Appends a text in quotes, with the escapes of the reference.</summary>
    public static void AppendText(StringBuilder text, string value)
    {
        text.Append('"');
        for (var index = 0; index < value.Length; index++)
        {
            var character = value[index];
            if (char.IsHighSurrogate(character) && index + 1 < value.Length && char.IsLowSurrogate(value[index + 1]))
            {
                text.Append(character).Append(value[++index]);
                continue;
            }

            switch (character)
            {
                case '"' or '\\':
                    text.Append('\\').Append(character);
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case '\b':
                    text.Append("\\b");
                    break;
                case '\f':
                    text.Append("\\f");
                    break;
                case < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029':
                    text.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                case >= '\ud800' and <= '\udfff':
                    text.Append("\\ufffd");
                    break;
                default:
                    text.Append(character);
                    break;
            }
        }

        text.Append('"');
    }

    private static void AppendObject(StringBuilder text, JsonObject properties)
    {
        text.Append('{');
        var first = true;
        foreach (var (key, value) in properties.OrderBy(property => property.Key, Utf8Order.Comparer))
        {
            if (!first)
                text.Append(',');
            first = false;
            AppendText(text, key);
            text.Append(':');
            Append(text, value);
        }

        text.Append('}');
    }

    private static void AppendArray(StringBuilder text, JsonArray items)
    {
        text.Append('[');
        for (var index = 0; index < items.Count; index++)
        {
            if (index > 0)
                text.Append(',');
            Append(text, items[index]);
        }

        text.Append(']');
    }

    private static void AppendScalar(StringBuilder text, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                AppendText(text, value.GetValue<string>());
                break;
            case JsonValueKind.True:
                text.Append("true");
                break;
            case JsonValueKind.False:
                text.Append("false");
                break;
            case JsonValueKind.Number:
                text.Append(GoNumber.Json(double.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture)));
                break;
            default:
                text.Append("null");
                break;
        }
    }
}
