using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Http.Reading;

namespace ModelOps.Http.OpenAi;

/// <summary>
/// <c>prompt</c> of <c>/v1/completions</c>: a text, a list of token numbers, or a list of these. The reference takes one text only.
/// </summary>
internal static class PromptField
{
    /// <summary>All prompts, at least one; of each the text or the tokens.</summary>
    /// <exception cref="RequestException">400: something else, with its place.</exception>
    internal static ImmutableArray<(string Text, ImmutableArray<int> Tokens)> Read(RequestObject body)
    {
        var prompt = body.Any("prompt");
        if (prompt.ValueKind != JsonValueKind.Array)
            return [(body.Text("prompt"), [])];
        if (prompt.GetArrayLength() == 0)
            throw RequestException.Bad("[] is too short - 'prompt'");
        return prompt[0].ValueKind == JsonValueKind.Number
            ? [("", Tokens(prompt, "prompt"))]
            : [.. prompt.EnumerateArray().Select((item, index) => One(item, $"prompt[{index}]"))];
    }

    private static (string Text, ImmutableArray<int> Tokens) One(JsonElement item, string place) => item.ValueKind switch
    {
        JsonValueKind.String => (item.GetString()!, []),
        JsonValueKind.Array when item.GetArrayLength() > 0 => ("", Tokens(item, place)),
        _ => throw RequestException.Bad($"{place} must be a text or a list of token numbers, not {Shown(item)}"),
    };

    private static ImmutableArray<int> Tokens(JsonElement list, string place) => [.. list.EnumerateArray().Select((item, index) =>
        item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var token) && token >= 0
            ? token
            : throw RequestException.Bad($"{place}[{index}] must be a token number, not {Shown(item)}"))];

    /// <summary>A value that is short enough to show, else its kind.</summary>
    private static string Shown(JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.Number when item.GetRawText() is { Length: <= 24 } number => number,
        JsonValueKind.Array when item.GetArrayLength() == 0 => "[]",
        _ => RequestObject.Kind(item),
    };
}
