using System.Collections.Immutable;
using System.Text.Json;

namespace ModelOps.Http.Reading;

/// <summary>Fields of requests for text or embeddings that have one meaning on every surface.</summary>
internal static class InferenceFields
{
    private const int MostAlternatives = 20;

    /// <summary>The number of alternatives; out of range is refused before anything else is looked at.</summary>
    /// <exception cref="RequestException">400: not between 0 and 20.</exception>
    internal static int TopLogprobs(RequestObject body) => body.Integer("top_logprobs") switch
    {
        null => 0,
        { } count and >= 0 and <= MostAlternatives => count,
        _ => throw new RequestException(400, "top_logprobs must be between 0 and 20") { IsInner = true },
    };

    /// <summary>Raw GBNF, which the reference does not know; null for none.</summary>
    internal static string? Grammar(RequestObject body) => body.OptionalText("grammar") is { Length: > 0 } grammar ? grammar : null;

    /// <summary>One text or several; an empty text gives an empty list.</summary>
    /// <exception cref="RequestException">400: neither.</exception>
    internal static ImmutableArray<string> Inputs(JsonElement input) => input.ValueKind switch
    {
        JsonValueKind.Undefined => [],
        JsonValueKind.String => input.GetString() is { Length: > 0 } text ? [text] : [],
        JsonValueKind.Array when input.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. input.EnumerateArray().Select(item => item.GetString()!)],
        _ => throw new RequestException(400, "invalid input type") { IsInner = true },
    };
}
