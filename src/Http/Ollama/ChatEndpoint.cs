using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;

namespace ModelOps.Http.Ollama;

/// <summary><c>/api/chat</c> (2.2).</summary>
internal sealed class ChatEndpoint(ClientInference inference, TimeProvider time)
{
    internal async Task ChatAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", "ChatRequest");
        var (request, stream) = ChatRequestReader.Read(body);
        var writer = OllamaReplyWriter.Of(context, new ChatLines(request.Model, time), stream);
        await InferenceRun.RunAsync(context, InferenceVerb.Chat, inference.For(context).ChatAsync(request, context.RequestAborted), writer);
    }
}
