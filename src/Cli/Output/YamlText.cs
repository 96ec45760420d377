using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOps.Cli.Output;

/// <summary>JSON as YAML: the same data for people who read it. Every text that could be taken for something else is quoted.</summary>
internal static class YamlText
{
    private static readonly HashSet<string> s_words = new(StringComparer.OrdinalIgnoreCase)
    {
        "true", "false", "null", "yes", "no", "on", "off", "y", "n",
    };

    /// <summary>A document without its mark, with a line end.</summary>
    internal static string Of(JsonNode? node)
    {
        var text = new StringBuilder();
        Append(text, node, indent: 0, isInLine: false);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node, int indent, bool isInLine)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } entries:
                foreach (var (name, value) in entries)
                {
                    text.Append(' ', isInLine ? 0 : indent).Append(Text(name)).Append(':');
                    AppendValue(text, value, value is JsonArray ? indent : indent + 2);
                    isInLine = false;
                }

                break;
            case JsonArray { Count: > 0 } items:
                foreach (var item in items)
                {
                    text.Append(' ', isInLine ? 0 : indent).Append('-');
                    isInLine = false;
                    if (item is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
                    {
                        text.Append(' ');
                        Append(text, item, indent + 2, isInLine: true);
                    }
                    else
                        text.Append(' ').Append(Scalar(item)).Append('\n');
                }

                break;
            default:
                text.Append(Scalar(node)).Append('\n');
                break;
        }
    }

    private static void AppendValue(StringBuilder text, JsonNode? value, int indent)
    {
        if (value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
        {
            text.Append('\n');
            Append(text, value, indent, isInLine: false);
        }
        else
            text.Append(' ').Append(Scalar(value)).Append('\n');
    }

    private static string Scalar(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        _ when node.GetValueKind() == JsonValueKind.String => Text((string)node!),
        _ => node.ToJsonString(),
    };

    private static string Text(string value) => IsPlain(value) ? value : Quoted(value);

    /// <summary>Letters at the beginning, nothing that means something in YAML, and none of its words.</summary>
    private static bool IsPlain(string value) =>
        value.Length > 0 && char.IsAsciiLetter(value[0]) && !s_words.Contains(value)
        && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or '/');

    private static string Quoted(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"' or '\\':
                    text.Append('\\').Append((char)rune.Value);
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                default:
                    var isShown = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse);
                    text.Append(isShown ? rune.ToString() : $"\\U{rune.Value:X8}");
                    break;
            }
        }

        return text.Append('"').ToString();
    }
}
