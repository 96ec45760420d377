using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Ollama;

/// <summary><c>/api/generate</c> and <c>/api/chat</c> (2.1, 2.2).</summary>
internal sealed class InferenceEndpoints(IInference inference, TimeProvider time)
{
    private const int MostAlternatives = 20;

    internal async Task GenerateAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", "GenerateRequest");
        var tokens = body.List("context", "[]int");
        var request = new GenerateRequest
        {
            Model = body.Text("model"),
            Prompt = body.Text("prompt"),
            Suffix = body.Text("suffix"),
            System = body.Text("system"),
            Template = body.Text("template"),
            Context = tokens.IsDefault ? [] : [.. tokens.Select(token => Token(body, token))],
            Raw = body.Flag("raw") ?? false,
            Images = MessageFields.Images(body),
            Format = Format(body),
            Grammar = Grammar(body),
            KeepAlive = KeepAlive.Read(body),
            Options = body.Map("options"),
            Think = ThinkField.Read(body),
            Truncate = body.Flag("truncate"),
            Shift = body.Flag("shift"),
            Logprobs = body.Flag("logprobs") ?? false,
            DebugRenderOnly = body.Flag("_debug_render_only") ?? false,
        };
        var form = new GenerateForm(context, request.Model, body.Flag("stream") ?? true, time);
        request = request with { TopLogprobs = TopLogprobs(body) };
        await InferenceRun.RunAsync(context, InferenceVerb.Generate, inference.GenerateAsync(request, context.RequestAborted), form);
    }

    internal async Task ChatAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", "ChatRequest");
        var request = new ChatRequest
        {
            Model = body.Text("model"),
            Messages = MessageFields.Read(body),
            Tools = ToolJson.Read(body),
            Format = Format(body),
            Grammar = Grammar(body),
            KeepAlive = KeepAlive.Read(body),
            Options = body.Map("options"),
            Think = ThinkField.Read(body),
            Truncate = body.Flag("truncate"),
            Shift = body.Flag("shift"),
            Logprobs = body.Flag("logprobs") ?? false,
            DebugRenderOnly = body.Flag("_debug_render_only") ?? false,
        };
        var form = new ChatForm(context, request.Model, body.Flag("stream") ?? true, time);
        request = request with { TopLogprobs = TopLogprobs(body) };
        await InferenceRun.RunAsync(context, InferenceVerb.Chat, inference.ChatAsync(request, context.RequestAborted), form);
    }

    /// <summary>The number of alternatives; out of range is refused before anything else is looked at.</summary>
    internal static int TopLogprobs(RequestObject body) => body.Integer("top_logprobs") switch
    {
        null => 0,
        { } count and >= 0 and <= MostAlternatives => count,
        _ => throw new RequestException(400, "top_logprobs must be between 0 and 20") { IsInner = true },
    };

    /// <summary>Raw GBNF, which the reference does not know; null for none.</summary>
    internal static string? Grammar(RequestObject body) => body.OptionalText("grammar") is { Length: > 0 } grammar ? grammar : null;

    /// <summary>The own field first, then those of other clients.</summary>
    private static JsonElement Format(RequestObject body) =>
        ConstraintFields.ReadFormat(body) is { ValueKind: not JsonValueKind.Undefined } format ? format : ConstraintFields.Read(body);

    private static int Token(RequestObject body, JsonElement token) =>
        token.ValueKind == JsonValueKind.Number && token.TryGetInt32(out var number) ? number : throw body.Wrong(token, "context", "int");
}
