using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;

namespace ModelOps.Http.Anthropic;

/// <summary><c>/v1/messages</c> (6.9).</summary>
internal sealed class MessageEndpoint(ClientInference inference)
{
    internal async Task AnswerAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "anthropic", "MessagesRequest");
        var stream = body.Flag("stream") ?? false;
        var request = MessageRequestReader.Read(body);
        var id = ReplyId.New("msg_");
        if (stream)
            ReplyStream.Announce(context);
        IReplyWriter writer = stream
            ? new MessageStreamWriter(context, id, request.Model, TokenEstimate.Of(body))
            : new MessageReplyWriter(context, id, request.Model);
        await InferenceRun.RunAsync(context, InferenceVerb.Chat, inference.For(context).ChatAsync(request, context.RequestAborted), writer);
    }
}
