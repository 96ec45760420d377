using System.Text.Json;
using ModelOps.Http.Reading;
using ModelOps.Http.Writing;

namespace ModelOps.Http.OpenAi;

/// <summary>Sampling settings of OpenAI's surface as <c>options</c>: what is absent is sent as 1 where OpenAI's own default is 1.</summary>
internal static class SamplingFields
{
    /// <summary>Of <c>/v1/chat/completions</c>.</summary>
    internal static JsonElement Read(RequestObject body)
    {
        var limit = body.Integer("max_tokens") ?? body.Integer("max_completion_tokens");
        var (frequency, presence) = (body.Number("frequency_penalty"), body.Number("presence_penalty"));
        var (temperature, topP, seed) = (body.Number("temperature"), body.Number("top_p"), body.Integer("seed"));
        var stop = Stops(body.Any("stop"));
        return JsonBytes.Element(json =>
        {
            json.WriteStartObject();
            json.WriteStops(stop);
            json.WriteIfGiven("num_predict", limit);
            json.WriteNumber("temperature"u8, temperature ?? 1);
            json.WriteIfGiven("seed", seed);
            json.WriteIfGiven("frequency_penalty", frequency);
            json.WriteIfGiven("presence_penalty", presence);
            json.WriteNumber("top_p"u8, topP ?? 1);
            json.WriteEndObject();
        });
    }

    /// <summary>Of <c>/v1/completions</c>: penalties are always sent (6.4).</summary>
    internal static JsonElement ReadCompletion(RequestObject body)
    {
        var limit = body.Integer("max_tokens");
        var (frequency, presence) = (body.Number("frequency_penalty"), body.Number("presence_penalty"));
        var (temperature, topP, seed) = (body.Number("temperature"), body.Number("top_p"), body.Integer("seed"));
        var stop = StrictStops(body.Any("stop"));
        return JsonBytes.Element(json =>
        {
            json.WriteStartObject();
            json.WriteStops(stop);
            json.WriteIfGiven("num_predict", limit);
            json.WriteNumber("temperature"u8, temperature ?? 1);
            json.WriteIfGiven("seed", seed);
            json.WriteNumber("frequency_penalty"u8, frequency ?? 0);
            json.WriteNumber("presence_penalty"u8, presence ?? 0);
            json.WriteNumber("top_p"u8, topP is null or 0 ? 1 : topP.Value);
            json.WriteEndObject();
        });
    }

    private static string[]? Stops(JsonElement stop) => stop.ValueKind switch
    {
        JsonValueKind.String => [stop.GetString()!],
        JsonValueKind.Array =>
            [.. stop.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
        _ => null,
    };

    private static string[]? StrictStops(JsonElement stop)
    {
        if (stop.ValueKind == JsonValueKind.Array
            && stop.EnumerateArray().FirstOrDefault(
                item => item.ValueKind != JsonValueKind.String) is { ValueKind: not JsonValueKind.Undefined } wrong)
        {
            throw RequestException.Bad($"invalid type for 'stop' field: {GoTypeName.Of(wrong)}");
        }

        return Stops(stop);
    }
}
