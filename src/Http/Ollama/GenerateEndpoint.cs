using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;

namespace ModelOps.Http.Ollama;

/// <summary><c>/api/generate</c> (2.1).</summary>
internal sealed class GenerateEndpoint(ClientInference inference, TimeProvider time)
{
    internal async Task GenerateAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", "GenerateRequest");
        var (request, stream) = GenerateRequestReader.Read(body);
        var writer = OllamaReplyWriter.Of(context, new GenerateLines(request.Model, time), stream);
        await InferenceRun.RunAsync(
            context, InferenceVerb.Generate, inference.For(context).GenerateAsync(request, context.RequestAborted), writer);
    }
}
