using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Replies;

namespace ModelOps.Http.OpenAi;

/// <summary><c>/v1/audio/transcriptions</c> (6.7): a chat at temperature 0 with the recording attached.</summary>
internal sealed class TranscriptionEndpoint(ClientInference inference)
{
    internal async Task TranscribeAsync(HttpContext context)
    {
        var (request, isText) = await TranscriptionRequestReader.ReadAsync(context);
        var writer = new TranscriptionReplyWriter(context, isText);
        await InferenceRun.RunAsync(context, InferenceVerb.Chat, inference.For(context).ChatAsync(request, context.RequestAborted), writer);
    }
}
