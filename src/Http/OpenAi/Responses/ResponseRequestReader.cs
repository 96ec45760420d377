using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Http.Reading;
using ModelOps.Http.Writing;
using ModelOps.Prompting.Requests;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.OpenAi.Responses;

/// <summary>
/// A request of <c>/v1/responses</c> as one of <c>/api/chat</c> (6.8). Nothing is stored: every request brings its whole history.
/// </summary>
internal static class ResponseRequestReader
{
    internal static ChatRequest Read(RequestObject body, ImmutableArray<RequestObject> tools)
    {
        var (limit, temperature, topP) = (body.Integer("max_output_tokens"), body.Number("temperature"), body.Number("top_p"));
        return new ChatRequest
        {
            Model = body.Text("model"),
            Tools = tools.IsDefault ? default : ResponseTools.Read(tools),
            ToolChoice = ToolChoiceField.Read(body),
            Options = JsonBytes.Element(json =>
            {
                json.WriteStartObject();
                json.WriteIfGiven("num_predict", limit);
                json.WriteNumber("temperature"u8, temperature ?? 1);
                json.WriteIfGiven("top_p", topP);
                json.WriteEndObject();
            }),
            Format = Text(body) is { } text && text.Any("format").ValueKind != JsonValueKind.Undefined
                ? ConstraintFields.OfField(text, "format", isFlat: true)
                : ConstraintFields.Read(body),
            Grammar = InferenceFields.Grammar(body),
            Think = ReasoningField.Of(Reasoning(body)?.Text("effort") ?? ""),
            Messages = [.. Instructions(body.Text("instructions")), .. Input(body.Any("input"))],
        };
    }

    /// <summary>What form the answer's text is to have; null when nothing was said.</summary>
    internal static RequestObject? Format(RequestObject body) => Text(body)?.Object("format", "openai.ResponsesTextFormat");

    /// <summary>How much thinking is wanted; null when nothing was said.</summary>
    internal static RequestObject? Reasoning(RequestObject body) => body.Object("reasoning", "openai.ResponsesReasoning");

    private static RequestObject? Text(RequestObject body) => body.Object("text", "openai.ResponsesText");

    private static IEnumerable<ChatMessage> Instructions(string text) => text.Length > 0 ? [new ChatMessage("system", text)] : [];

    private static IEnumerable<ChatMessage> Input(JsonElement input) => input.ValueKind switch
    {
        JsonValueKind.Undefined => [],
        JsonValueKind.String => input.GetString() is { Length: > 0 } text ? [new ChatMessage("user", text)] : [],
        JsonValueKind.Array => new ResponseInputReader(input).Read(),
        _ => throw RequestException.Bad(
            $"input must be a string or array: json: cannot unmarshal {RequestObject.Kind(input)} into Go value of type []json.RawMessage"),
    };
}
