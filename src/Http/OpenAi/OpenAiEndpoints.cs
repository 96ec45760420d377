using Microsoft.AspNetCore.Http;
using ModelOps.Http.OpenAi.Responses;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.OpenAi;

/// <summary><c>/v1/chat/completions</c>, <c>/v1/completions</c> and <c>/v1/responses</c>.</summary>
internal sealed class OpenAiEndpoints(IInference inference, TimeProvider time)
{
    internal async Task ChatCompletionsAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "openai", "ChatCompletionRequest");
        var (stream, usage) = (body.Flag("stream") ?? false, ChatCompletionRequest.IncludesUsage(body));
        _ = body.Integer("n");
        var request = ChatCompletionRequest.Read(body);
        var wanted = SampleCount.Read(body, "n");
        var count = request.DebugRenderOnly ? 1 : wanted;
        ISampleForm form = stream
            ? new ChatCompletionStream(context, request.Model, count, usage, time)
            : new ChatCompletionForm(context, request.Model, count, time);
        var samples = Enumerable.Range(0, count).Select(Sample (number) =>
            cancellationToken => inference.ChatAsync(request with { Sample = number }, cancellationToken));
        await InferenceRun.RunAsync(context, InferenceVerb.Chat, [.. samples], form);
    }

    internal async Task CompletionsAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "openai", "CompletionRequest");
        var request = CompletionRequest.Read(body);
        ISampleForm form = request.Stream ? new CompletionStream(context, request, time) : new CompletionForm(context, request, time);
        await InferenceRun.RunAsync(context, InferenceVerb.Generate, request.Samples(inference), form);
    }

    internal async Task ResponsesAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "openai", "ResponsesRequest");
        var tools = ResponsesTools.Fields(body);
        var stream = body.Flag("stream") ?? false;
        var response = new ResponseObject(body, tools, time);
        var request = ResponsesRequest.Read(body, tools);
        IReplyForm form;
        if (stream)
        {
            ReplyStream.Announce(context);
            form = new ResponseStream(context, response);
        }
        else
        {
            form = new ResponseForm(context, response);
        }

        await InferenceRun.RunAsync(context, InferenceVerb.Chat, inference.ChatAsync(request, context.RequestAborted), form);
    }
}
