using System.Globalization;
using System.Text;
using System.Text.Json;
using ModelOps.Prompting.Requests;

namespace ModelOps.Prompting.Answers;

/// <summary>The <c>format</c> of a request (spec/http-apis.md 5.7).</summary>
internal static class ResponseFormat
{
    private static readonly JsonElement AnyObject = JsonElement.Parse("""{"type":"object"}""");

    /// <summary>The schema that it means, or null for none.</summary>
    /// <exception cref="InferenceException">Neither <c>json</c> nor a schema. The text is the reference's, which answers 500.</exception>
    internal static JsonElement? Schema(JsonElement format) => format.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.String when format.ValueEquals("") => null,
        JsonValueKind.String when format.ValueEquals("json") => AnyObject,
        JsonValueKind.Object => format,
        _ => throw new InferenceException(new InferenceRefusal.InvalidFormat(Quoted(format.GetRawText()))),
    };

    /// <summary>Text as Go's <c>%q</c> prints it.</summary>
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' or '\\' => quoted.Append('\\').Append(letter),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                '\r' => quoted.Append("\\r"),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}"),
                _ => quoted.Append(letter),
            };
        }

        return quoted.Append('"').ToString();
    }
}
