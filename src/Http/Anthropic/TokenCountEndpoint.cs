using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;

namespace ModelOps.Http.Anthropic;

/// <summary><c>/v1/messages/count_tokens</c>.</summary>
internal sealed class TokenCountEndpoint(ClientInference inference)
{
    /// <summary>Counts what <c>/v1/messages</c> would send to the model; that is loaded for it, as it is for an answer.</summary>
    internal async Task CountAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "anthropic", "CountTokensRequest");
        var request = MessageRequestReader.ReadPrompt(body) with { DebugRenderOnly = true, Truncate = false };
        var writer = new TokenCountReplyWriter(context);
        await InferenceRun.RunAsync(context, InferenceVerb.Chat, inference.For(context).ChatAsync(request, context.RequestAborted), writer);
    }
}
