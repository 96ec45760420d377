namespace ModelOps.Http.Tests;

/// <summary>Small valid requests of every surface that makes text, to which a test adds members.</summary>
internal static class Surface
{
    internal const string Chat = "/api/chat";
    internal const string Generate = "/api/generate";
    internal const string ChatCompletions = "/v1/chat/completions";
    internal const string Completions = "/v1/completions";
    internal const string Responses = "/v1/responses";
    internal const string Messages = "/v1/messages";

    internal static string[] All { get; } = [Chat, Generate, ChatCompletions, Completions, Responses, Messages];

    /// <summary>A request with further members, written as <c>"key":value,…</c>.</summary>
    internal static string Ask(string path, string members) => path switch
    {
        Generate or Completions => $$"""{"model":"m","prompt":"x",{{members}}}""",
        Responses => $$"""{"model":"m","input":"x",{{members}}}""",
        Messages => $$"""{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],{{members}}}""",
        _ => $$"""{"model":"m","messages":[{"role":"user","content":"x"}],{{members}}}""",
    };

    /// <summary>The message of a refusal in any surface's envelope.</summary>
    internal static string Refusal(RawReply reply) =>
        reply.Json["error"] is System.Text.Json.Nodes.JsonObject error ? (string)error["message"]! : (string)reply.Json["error"]!;
}
