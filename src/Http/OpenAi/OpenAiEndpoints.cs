using Microsoft.AspNetCore.Http;
using ModelOps.Http.OpenAi.Responses;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Runtime.Serving;

namespace ModelOps.Http.OpenAi;

/// <summary><c>/v1/chat/completions</c>, <c>/v1/completions</c> and <c>/v1/responses</c>.</summary>
internal sealed class OpenAiEndpoints(IInference inference, TimeProvider time)
{
    internal async Task ChatCompletionsAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "openai", "ChatCompletionRequest");
        var request = ChatCompletionRequest.Read(body);
        IReplyForm form = body.Flag("stream") ?? false
            ? new ChatCompletionStream(context, request.Model, ChatCompletionRequest.IncludesUsage(body), time)
            : new ChatCompletionForm(context, request.Model, time);
        await InferenceRun.RunAsync(context, inference.ChatAsync(request, context.RequestAborted), form);
    }

    internal async Task CompletionsAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "openai", "CompletionRequest");
        var request = new GenerateRequest
        {
            Model = body.Text("model"),
            Prompt = body.Text("prompt"),
            Suffix = body.Text("suffix"),
            Options = Sampling.ReadCompletion(body),
            LogitBias = LogitBiasField.Read(body),
            Grammar = Api.InferenceEndpoints.Grammar(body),
            Logprobs = body.Integer("logprobs") is > 0,
            DebugRenderOnly = body.Flag("_debug_render_only") ?? false,
        };
        var form = new CompletionForm(context, request.Model, body.Flag("stream") ?? false, ChatCompletionRequest.IncludesUsage(body), time);
        await InferenceRun.RunAsync(context, inference.GenerateAsync(request, context.RequestAborted), form);
    }
    internal async Task ResponsesAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "openai", "ResponsesRequest");
        var tools = ResponsesTools.Fields(body);
        var request = ResponsesRequest.Read(body, tools);
        var response = new ResponseObject(body, tools, time);
        IReplyForm form;
        if (body.Flag("stream") ?? false)
        {
            ReplyStream.Announce(context);
            form = new ResponseStream(context, response);
        }
        else
        {
            form = new ResponseForm(context, response);
        }

        await InferenceRun.RunAsync(context, inference.ChatAsync(request, context.RequestAborted), form);
    }
}
