using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;

namespace ModelOps.Http.OpenAi;

/// <summary><c>/v1/chat/completions</c> (6.2, 6.3).</summary>
internal sealed class ChatCompletionEndpoint(ClientInference inference, TimeProvider time)
{
    internal async Task ChatAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "openai", "ChatCompletionRequest");
        var (stream, usage) = (body.Flag("stream") ?? false, ChatCompletionRequestReader.IncludesUsage(body));
        // What has a wrong type is refused before what has a wrong value.
        body.Integer("n");
        var request = ChatCompletionRequestReader.Read(body);
        var wanted = SampleCount.Read(body, "n");
        var count = request.DebugRenderOnly ? 1 : wanted;
        ISamplesWriter writer = stream
            ? new ChatCompletionStreamWriter(context, request.Model, count, usage, time)
            : new ChatCompletionReplyWriter(context, request.Model, count, time);
        var asked = inference.For(context);
        var samples = Enumerable.Range(0, count).Select(Sample (number) =>
            cancellationToken => asked.ChatAsync(request with { Sample = number }, cancellationToken));
        await InferenceRun.RunAsync(context, InferenceVerb.Chat, [.. samples], writer);
    }
}
