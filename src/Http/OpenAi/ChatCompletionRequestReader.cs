using ModelOps.Http.Reading;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.OpenAi;

/// <summary>A request of <c>/v1/chat/completions</c> as one of <c>/api/chat</c> (6.2).</summary>
internal static class ChatCompletionRequestReader
{
    internal static ChatRequest Read(RequestObject body)
    {
        // What has a wrong type is refused before what has a wrong value, and what the inner handler refuses comes last.
        var request = new ChatRequest
        {
            Model = body.Text("model"),
            Messages = [],
            Tools = ToolJson.Read(body),
            Options = SamplingFields.Read(body),
            Grammar = InferenceFields.Grammar(body),
            Logprobs = body.Flag("logprobs") ?? false,
            DebugRenderOnly = body.Flag("_debug_render_only") ?? false,
        };
        body.Integer("top_logprobs");
        body.Text("reasoning_effort");
        body.Object("reasoning", "openai.Reasoning")?.Text("effort");
        if (body.Objects("messages", "openai.Message").IsDefaultOrEmpty)
            throw RequestException.Bad("[] is too short - 'messages'");
        return request with
        {
            Messages = ChatCompletionMessageReader.Read(body),
            Format = ConstraintFields.Read(body),
            Think = ReasoningField.Read(body),
            ToolChoice = ToolChoiceField.Read(body),
            LogitBias = LogitBiasField.Read(body),
            TopLogprobs = InferenceFields.TopLogprobs(body),
        };
    }

    /// <summary>Whether a stream ends with a chunk of its usage.</summary>
    internal static bool IncludesUsage(RequestObject body) =>
        body.Object("stream_options", "openai.StreamOptions")?.Flag("include_usage") ?? false;
}
