using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Http.Writing;
using ModelOps.ModelfileLang.Chat;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Serving;

namespace ModelOps.Http.OpenAi;

/// <summary>Answers of <c>/v1/chat/completions</c> in one piece (6.3).</summary>
internal sealed class ChatCompletionForm(HttpContext context, string model, TimeProvider time) : IReplyForm
{
    private readonly CollectedAnswer _answer = new();

    public ValueTask TellAsync(InferenceEvent item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case InferenceEvent.Delta delta:
                _answer.Add(delta);
                break;
            case InferenceEvent.ToolCalls calls:
                _answer.Add(calls);
                break;
            case InferenceEvent.Rendered rendered:
                return new(WriteAsync("", null, InferenceMetrics.None, rendered));
            case InferenceEvent.Finished finished when !context.Response.HasStarted:
                return new(WriteAsync("assistant", FinishWord.Of(finished.Reason, _answer.Calls.Count > 0), finished.Metrics, null));
        }

        return default;
    }

    public ValueTask FailAsync(Failure failure, CancellationToken cancellationToken) => new(OpenAiErrors.WriteAsync(context, failure));

    private Task WriteAsync(string role, string? reason, InferenceMetrics metrics, InferenceEvent.Rendered? rendered) =>
        JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.Plain, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, ReplyId.New("chatcmpl-"));
            json.WriteString("object"u8, "chat.completion");
            json.WriteNumber("created"u8, time.GetUtcNow().ToUnixTimeSeconds());
            json.WriteString("model"u8, model);
            json.WriteString("system_fingerprint"u8, Fingerprint);
            json.WriteStartArray("choices"u8);
            json.WriteStartObject();
            json.WriteNumber("index"u8, 0);
            json.WriteStartObject("message"u8);
            json.WriteString("role"u8, role);
            json.WriteString("content"u8, _answer.Content);
            json.WriteUnlessEmpty("reasoning"u8, _answer.Thinking);
            if (_answer.Calls.Count > 0)
                WriteCalls(json, _answer.Calls);
            json.WriteEndObject();
            json.WriteString("finish_reason"u8, reason);
            WriteLogprobs(json, _answer.Logprobs);
            json.WriteEndObject();
            json.WriteEndArray();
            WriteUsage(json, metrics);
            if (rendered is not null)
                json.WriteDebugInfo(rendered);
            json.WriteEndObject();
        });

    internal const string Fingerprint = "fp_ollama";

    /// <summary>Calls: arguments are JSON text.</summary>
    internal static void WriteCalls(Utf8JsonWriter json, IEnumerable<ToolCall> calls)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, call.Id);
            json.WriteNumber("index"u8, call.Index);
            json.WriteString("type"u8, "function");
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, AnswerJson.ArgumentText(call));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static void WriteLogprobs(Utf8JsonWriter json, IReadOnlyCollection<TokenLogprob> logprobs)
    {
        if (logprobs.Count == 0)
            return;
        json.WriteStartObject("logprobs"u8);
        json.WriteLogprobs("content"u8, logprobs);
        json.WriteEndObject();
    }

    internal static void WriteUsage(Utf8JsonWriter json, InferenceMetrics metrics)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, metrics.PromptTokens);
        json.WriteNumber("completion_tokens"u8, metrics.GeneratedTokens);
        json.WriteNumber("total_tokens"u8, metrics.PromptTokens + metrics.GeneratedTokens);
        json.WriteEndObject();
    }
}
