using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;

namespace ModelOps.Http.OpenAi;

/// <summary><c>/v1/completions</c> (6.4).</summary>
internal sealed class CompletionEndpoint(ClientInference inference, TimeProvider time)
{
    internal async Task CompleteAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "openai", "CompletionRequest");
        var request = CompletionRequestReader.Read(body);
        ISamplesWriter writer = request.Stream
            ? new CompletionStreamWriter(context, request, time)
            : new CompletionReplyWriter(context, request, time);
        await InferenceRun.RunAsync(context, InferenceVerb.Generate, request.Samples(inference.For(context)), writer);
    }
}
