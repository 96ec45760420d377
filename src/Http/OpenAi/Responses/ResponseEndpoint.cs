using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;

namespace ModelOps.Http.OpenAi.Responses;

/// <summary><c>/v1/responses</c> (6.8).</summary>
internal sealed class ResponseEndpoint(ClientInference inference, TimeProvider time)
{
    internal async Task RespondAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "openai", "ResponsesRequest");
        var tools = ResponseTools.Fields(body);
        var stream = body.Flag("stream") ?? false;
        var response = new ResponseObject(body, tools, time);
        var request = ResponseRequestReader.Read(body, tools);
        if (stream)
            ReplyStream.Announce(context);
        IReplyWriter writer = stream ? new ResponseStreamWriter(context, response) : new ResponseReplyWriter(context, response);
        await InferenceRun.RunAsync(context, InferenceVerb.Chat, inference.For(context).ChatAsync(request, context.RequestAborted), writer);
    }
}
