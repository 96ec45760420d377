using System.Text;
using System.Text.Json;
using ModelOps.Http.Writing;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Reading;

/// <summary>
/// Arguments of a call in a request's history: an object, or JSON text, on every surface. A client sends back what it was given, and what
/// a model wrote need not be JSON: such text is kept as it is, and whether the model's template can take it shows when it is rendered.
/// </summary>
internal static class ToolArguments
{
    /// <summary>Arguments of a call without any.</summary>
    internal static JsonElement None { get; } = JsonBytes.Element(json =>
    {
        json.WriteStartObject();
        json.WriteEndObject();
    });

    /// <summary>An object, or the text that is not one.</summary>
    /// <param name="sent">As sent; nothing, null and blank text are an empty object.</param>
    /// <param name="path">Where it stands in the body.</param>
    /// <exception cref="RequestException">400: neither an object nor a text.</exception>
    internal static JsonElement Read(JsonElement sent, string path) => sent.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => None,
        JsonValueKind.Object => sent,
        JsonValueKind.String => OfText(sent),
        _ => throw RequestException.Bad(
            $"invalid tool call arguments: {path} must be an object or its JSON text, and is of type {RequestObject.Kind(sent)}"),
    };

    private static JsonElement OfText(JsonElement sent)
    {
        var text = sent.GetString()!;
        if (string.IsNullOrWhiteSpace(text))
            return None;
        try
        {
            var reader = new Utf8JsonReader(
                JsonRepair.Repair(Encoding.UTF8.GetBytes(text)), new JsonReaderOptions { MaxDepth = JsonNesting.Deepest });
            var arguments = JsonElement.ParseValue(ref reader);
            if (reader.Read())
                return sent;
            return arguments.ValueKind switch
            {
                JsonValueKind.Object => arguments,
                JsonValueKind.Null => None,
                _ => sent,
            };
        }
        catch (JsonException)
        {
            return sent;
        }
    }
}
