using System.Diagnostics;
using System.Text.Json;
using ModelOps.Http.Replies;
using ModelOps.Http.Writing;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.Ollama;

/// <summary>The objects of <c>/api/generate</c> (3.2).</summary>
internal sealed class GenerateLines(string model, TimeProvider time) : IAnswerLines
{
    public bool HasCallLines => false;

    public void WriteDelta(Utf8JsonWriter json, InferenceEvent.Delta delta)
    {
        Begin(json, delta.Content, delta.Thinking, done: false);
        if (!delta.Logprobs.IsDefaultOrEmpty)
            json.WriteLogprobs("logprobs"u8, delta.Logprobs);
        json.WriteEndObject();
    }

    public void WriteCalls(Utf8JsonWriter json, InferenceEvent.ToolCalls calls) => throw new UnreachableException();

    public void WriteRendered(Utf8JsonWriter json, InferenceEvent.Rendered rendered)
    {
        Begin(json, "", "", done: false);
        json.WriteDebugInfo(rendered);
        json.WriteEndObject();
    }

    public void WriteFinished(Utf8JsonWriter json, CollectedAnswer answer, InferenceEvent.Finished finished)
    {
        Begin(json, answer.Content, answer.Thinking, done: true);
        json.WriteString("done_reason"u8, AnswerJson.Word(finished.Reason));
        if (!finished.Context.IsDefaultOrEmpty)
        {
            json.WriteStartArray("context"u8);
            foreach (var token in finished.Context)
                json.WriteNumberValue(token);
            json.WriteEndArray();
        }

        json.WriteMetrics(finished.Metrics);
        if (answer.Calls.Count > 0)
            json.WriteCalls(answer.Calls);
        if (answer.Logprobs.Count > 0)
            json.WriteLogprobs("logprobs"u8, answer.Logprobs);
        json.WriteEndObject();
    }

    private void Begin(Utf8JsonWriter json, string response, string thinking, bool done)
    {
        json.WriteStartObject();
        json.WriteString("model"u8, model);
        json.WriteString("created_at"u8, ReplyTime.Utc(time.GetUtcNow()));
        json.WriteString("response"u8, response);
        json.WriteUnlessEmpty("thinking"u8, thinking);
        json.WriteBoolean("done"u8, done);
    }
}
