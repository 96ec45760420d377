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
        var (stream, usage) = (body.Flag("stream") ?? false, ChatCompletionRequest.IncludesUsage(body));
        var request = ChatCompletionRequest.Read(body);
        IReplyForm form = stream
            ? new ChatCompletionStream(context, request.Model, usage, time)
            : new ChatCompletionForm(context, request.Model, time);
        await InferenceRun.RunAsync(context, inference.ChatAsync(request, context.RequestAborted), form);
    }

    internal async Task CompletionsAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadCompatibleAsync(context), "openai", "CompletionRequest");
        var (stream, usage) = (body.Flag("stream") ?? false, ChatCompletionRequest.IncludesUsage(body));
        var request = new GenerateRequest
        {
            Model = body.Text("model"),
            Prompt = body.Text("prompt"),
            Suffix = body.Text("suffix"),
            Logprobs = body.Integer("logprobs") is > 0,
            DebugRenderOnly = body.Flag("_debug_render_only") ?? false,
            Grammar = Api.InferenceEndpoints.Grammar(body),
            Options = Sampling.ReadCompletion(body),
            LogitBias = LogitBiasField.Read(body),
            Format = ConstraintFields.Read(body),
        };
        var form = new CompletionForm(context, request.Model, stream, usage, time);
        await InferenceRun.RunAsync(context, inference.GenerateAsync(request, context.RequestAborted), form);
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

        await InferenceRun.RunAsync(context, inference.ChatAsync(request, context.RequestAborted), form);
    }
}
