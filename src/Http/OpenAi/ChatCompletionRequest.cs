using System.Text.Json;
using ModelOps.Http.Reading;
using ModelOps.Runtime.Serving;

namespace ModelOps.Http.OpenAi;

/// <summary>A request of <c>/v1/chat/completions</c> as one of <c>/api/chat</c> (6.2).</summary>
internal static class ChatCompletionRequest
{
    internal static ChatRequest Read(RequestObject body)
    {
        if (body.Objects("messages", "openai.Message").IsDefaultOrEmpty)
        {
            _ = body.Text("model");
            throw RequestException.Bad("[] is too short - 'messages'");
        }

        return new ChatRequest
        {
            Model = body.Text("model"),
            Tools = ToolJson.Read(body),
            ToolChoice = ToolChoiceField.Read(body),
            LogitBias = LogitBiasField.Read(body),
            Options = Sampling.Read(body),
            Format = Format(body),
            Grammar = Api.InferenceEndpoints.Grammar(body),
            Think = Reasoning.Read(body),
            Logprobs = body.Flag("logprobs") ?? false,
            TopLogprobs = Api.InferenceEndpoints.TopLogprobs(body),
            DebugRenderOnly = body.Flag("_debug_render_only") ?? false,
            Messages = ChatCompletionMessages.Read(body),
        };
    }

    /// <summary>Whether a stream ends with a chunk of its usage.</summary>
    internal static bool IncludesUsage(RequestObject body) =>
        body.Object("stream_options", "openai.StreamOptions")?.Flag("include_usage") ?? false;

    private static JsonElement Format(RequestObject body)
    {
        if (body.Object("response_format", "openai.ResponseFormat") is not { } format)
            return default;
        return format.Text("type").Trim().ToLowerInvariant() switch
        {
            "json_object" => JsonFormat,
            "json_schema" => format.Object("json_schema", "openai.JsonSchema")?.Any("schema") ?? default,
            _ => default,
        };
    }

    private static JsonElement JsonFormat { get; } = Writing.JsonBytes.Element(json => json.WriteStringValue("json"));
}
