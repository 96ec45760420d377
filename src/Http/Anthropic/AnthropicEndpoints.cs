using Microsoft.AspNetCore.Http;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Runtime.Serving;

namespace ModelOps.Http.Anthropic;

/// <summary><c>/v1/messages</c> (6.9).</summary>
internal sealed class AnthropicEndpoints(IInference inference)
{
    internal async Task MessagesAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "anthropic", "MessagesRequest");
        var stream = body.Flag("stream") ?? false;
        var request = MessagesRequest.Read(body);
        var id = ReplyId.New("msg_");
        IReplyForm form;
        if (stream)
        {
            ReplyStream.Announce(context);
            form = new MessageStream(context, id, request.Model, TokenEstimate.Of(body));
        }
        else
        {
            form = new MessageForm(context, id, request.Model);
        }

        await InferenceRun.RunAsync(context, inference.ChatAsync(request, context.RequestAborted), form);
    }
}
