using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Http.Replies;
using ModelOps.Http.Writing;
using ModelOps.Prompting.Events;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Ollama;

/// <summary>The objects of <c>/api/chat</c> (3.3).</summary>
internal sealed class ChatLines(string model, TimeProvider time) : IAnswerLines
{
    public bool HasCallLines => true;

    public void WriteDelta(Utf8JsonWriter json, InferenceEvent.Delta delta) =>
        WriteLine(json, delta.Content, delta.Thinking, [], delta.Logprobs);

    public void WriteCalls(Utf8JsonWriter json, InferenceEvent.ToolCalls calls) => WriteLine(json, "", "", calls.Calls, calls.Logprobs);

    public void WriteRendered(Utf8JsonWriter json, InferenceEvent.Rendered rendered)
    {
        Begin(json, "", "", "", []);
        json.WriteBoolean("done"u8, false);
        json.WriteDebugInfo(rendered);
        json.WriteEndObject();
    }

    public void WriteFinished(Utf8JsonWriter json, CollectedAnswer answer, InferenceEvent.Finished finished)
    {
        Begin(json, "assistant", answer.Content, answer.Thinking, answer.Calls);
        json.WriteBoolean("done"u8, true);
        json.WriteString("done_reason"u8, AnswerJson.Word(finished.Reason));
        if (answer.Logprobs.Count > 0)
            json.WriteLogprobs("logprobs"u8, answer.Logprobs);
        json.WriteMetrics(finished.Metrics);
        json.WriteEndObject();
    }

    private void WriteLine(
        Utf8JsonWriter json, string content, string thinking, ImmutableArray<ToolCall> calls, ImmutableArray<TokenLogprob> logprobs)
    {
        Begin(json, "assistant", content, thinking, calls);
        json.WriteBoolean("done"u8, false);
        if (!logprobs.IsDefaultOrEmpty)
            json.WriteLogprobs("logprobs"u8, logprobs);
        json.WriteEndObject();
    }

    private void Begin(Utf8JsonWriter json, string role, string content, string thinking, IReadOnlyCollection<ToolCall> calls)
    {
        json.WriteStartObject();
        json.WriteString("model"u8, model);
        json.WriteString("created_at"u8, ReplyTime.Utc(time.GetUtcNow()));
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, role);
        json.WriteString("content"u8, content);
        json.WriteUnlessEmpty("thinking"u8, thinking);
        if (calls.Count > 0)
            json.WriteCalls(calls);
        json.WriteEndObject();
    }
}
