using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Http.Writing;
using ModelOps.Prompting.Events;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.OpenAi;

/// <summary>Answers of <c>/v1/chat/completions</c> in one piece (6.3).</summary>
internal sealed class ChatCompletionReplyWriter(HttpContext context, string model, int count, TimeProvider time) : ISamplesWriter
{
    private readonly CollectedAnswer[] _answers = [.. Enumerable.Range(0, count).Select(_ => new CollectedAnswer())];
    private readonly SampleUsage _usage = new(count);
    private InferenceEvent.Rendered? _rendered;

    public ValueTask WriteAsync(int sample, InferenceEvent item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case InferenceEvent.Delta delta:
                _answers[sample].Add(delta);
                break;
            case InferenceEvent.ToolCalls calls:
                _answers[sample].Add(calls);
                break;
            case InferenceEvent.Rendered rendered:
                _rendered = rendered;
                break;
            case InferenceEvent.Finished finished:
                _answers[sample].Reason = finished.Reason;
                _usage.Add(sample, finished.Metrics);
                break;
        }

        return default;
    }

    public ValueTask EndAsync(CancellationToken cancellationToken) =>
        new(JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.Plain, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, ReplyId.New("chatcmpl-"));
            json.WriteString("object"u8, "chat.completion");
            json.WriteNumber("created"u8, time.GetUtcNow().ToUnixTimeSeconds());
            json.WriteString("model"u8, model);
            json.WriteString("system_fingerprint"u8, Fingerprint);
            json.WriteStartArray("choices"u8);
            foreach (var (index, answer) in _answers.Index())
                WriteChoice(json, index, answer);
            json.WriteEndArray();
            _usage.Write(json);
            if (_rendered is not null)
                json.WriteDebugInfo(_rendered);
            json.WriteEndObject();
        }));

    public ValueTask FailAsync(Failure failure, CancellationToken cancellationToken) => new(OpenAiErrors.WriteAsync(context, failure));

    private void WriteChoice(Utf8JsonWriter json, int index, CollectedAnswer answer)
    {
        var reason = _rendered is null && answer.Reason is { } known ? FinishWord.Of(known, answer.Calls.Count > 0) : null;
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, _rendered is null ? "assistant" : "");
        json.WriteString("content"u8, answer.Content);
        json.WriteUnlessEmpty("reasoning"u8, answer.Thinking);
        if (answer.Calls.Count > 0)
            WriteCalls(json, answer.Calls);
        json.WriteEndObject();
        json.WriteString("finish_reason"u8, reason);
        WriteLogprobs(json, answer.Logprobs);
        json.WriteEndObject();
    }

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
}
