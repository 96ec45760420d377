using System.Text.Json;
using ModelOps.Http.Reading;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Ollama;

/// <summary>A request of <c>/api/generate</c> (2.1).</summary>
internal static class GenerateRequestReader
{
    /// <summary>The request, and whether its answer comes as a stream.</summary>
    internal static (GenerateRequest Request, bool Stream) Read(RequestObject body)
    {
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
            Format = ConstraintFields.ReadOwn(body),
            Grammar = InferenceFields.Grammar(body),
            KeepAlive = KeepAlive.Read(body),
            Options = body.Map("options"),
            Think = ThinkField.Read(body),
            Truncate = body.Flag("truncate"),
            Shift = body.Flag("shift"),
            Logprobs = body.Flag("logprobs") ?? false,
            DebugRenderOnly = body.Flag("_debug_render_only") ?? false,
        };
        // What has a wrong type is refused before what has a wrong value.
        var stream = body.Flag("stream") ?? true;
        return (request with { TopLogprobs = InferenceFields.TopLogprobs(body) }, stream);
    }

    private static int Token(RequestObject body, JsonElement token) =>
        token.ValueKind == JsonValueKind.Number && token.TryGetInt32(out var number) ? number : throw body.Wrong(token, "context", "int");
}
