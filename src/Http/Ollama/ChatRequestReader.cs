using ModelOps.Http.Reading;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Ollama;

/// <summary>A request of <c>/api/chat</c> (2.2).</summary>
internal static class ChatRequestReader
{
    /// <summary>The request, and whether its answer comes as a stream.</summary>
    internal static (ChatRequest Request, bool Stream) Read(RequestObject body)
    {
        var request = new ChatRequest
        {
            Model = body.Text("model"),
            Messages = MessageFields.Read(body),
            Tools = ToolJson.Read(body),
            Format = ConstraintFields.ReadOwn(body),
            Grammar = InferenceFields.Grammar(body),
            KeepAlive = KeepAlive.Read(body),
            Options = body.Map("options"),
            Think = ThinkField.Read(body),
            Truncate = body.Flag("truncate"),
            Shift = body.Flag("shift"),
            Logprobs = body.Flag("logprobs") ?? false,
            DebugRenderOnly = body.Flag("_debug_render_only") ?? false,
        };
        // What has a wrong type is refused before what has a wrong value.
        var stream = body.Flag("stream") ?? true;
        return (request with { TopLogprobs = InferenceFields.TopLogprobs(body) }, stream);
    }
}
