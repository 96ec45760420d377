using Microsoft.AspNetCore.Http;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Anthropic;

/// <summary><c>/v1/messages</c> (6.9) and <c>/v1/messages/count_tokens</c>.</summary>
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

        await InferenceRun.RunAsync(context, InferenceVerb.Chat, inference.ChatAsync(request, context.RequestAborted), form);
    }

    /// <summary>Counts what <c>/v1/messages</c> would send to the model; that is loaded for it, as it is for an answer.</summary>
    internal async Task CountTokensAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "anthropic", "CountTokensRequest");
        var request = MessagesRequest.ReadPrompt(body) with { DebugRenderOnly = true, Truncate = false };
        await InferenceRun.RunAsync(context, InferenceVerb.Chat, inference.ChatAsync(request, context.RequestAborted), new TokenCountForm(context));
    }
}
