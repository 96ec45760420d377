using System.Text.Json;
using ModelOps.Http.Reading;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.OpenAi;

/// <summary>
/// <c>tool_choice</c>: <c>auto</c>, <c>none</c>, <c>required</c>, or an object that names a tool. The reference ignores the field; here it
/// holds, and what is not one of the four is refused.
/// </summary>
internal static class ToolChoiceField
{
    /// <exception cref="RequestException">400: none of the four.</exception>
    internal static ToolChoice Read(RequestObject body)
    {
        var choice = body.Any("tool_choice");
        return choice.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => ToolChoice.Auto,
            JsonValueKind.String => OfWord(choice.GetString()!),
            JsonValueKind.Object when Name(choice) is { Length: > 0 } name => new ToolChoice(ToolChoiceKind.Named, name),
            _ => throw Wrong(choice.GetRawText()),
        };
    }

    private static ToolChoice OfWord(string word) => word switch
    {
        "auto" or "" => ToolChoice.Auto,
        "none" => new ToolChoice(ToolChoiceKind.None),
        "required" or "any" => new ToolChoice(ToolChoiceKind.Required),
        _ => throw Wrong($"\"{word}\""),
    };

    /// <summary>Chat nests the name in <c>function</c>, responses put it beside the type.</summary>
    private static string? Name(JsonElement choice)
    {
        var holder = choice.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object ? function : choice;
        return holder.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
    }

    private static RequestException Wrong(string value) =>
        RequestException.Bad(
            $"invalid tool_choice: {value} (must be \"auto\", \"none\", \"required\", or {{\"type\": \"function\", \"function\": "
                + $"{{\"name\": …}}}})");
}
