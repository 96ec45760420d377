using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Http.Writing;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.Ollama;

/// <summary>Answers of <c>/api/generate</c> (3.2).</summary>
internal sealed class GenerateForm(HttpContext context, string model, bool stream, TimeProvider time) : IReplyForm
{
    private readonly CollectedAnswer _answer = new();
    private readonly ReplyStream _lines = new(context, JsonReply.Lines);
    private bool _isRendered;

    public ValueTask TellAsync(InferenceEvent item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case InferenceEvent.Delta delta when stream:
                WriteDelta(_lines.BeginLine(), delta);
                return _lines.EndLineAsync(cancellationToken);
            case InferenceEvent.Delta delta:
                _answer.Add(delta);
                break;
            case InferenceEvent.ToolCalls calls:
                _answer.Add(calls);
                break;
            case InferenceEvent.Rendered rendered:
                _isRendered = true;
                return new(WriteWholeAsync(json => WriteRendered(json, rendered)));
            case InferenceEvent.Finished when _isRendered:
                break;
            case InferenceEvent.Finished finished when stream && finished.Reason is (FinishReason.Stop or FinishReason.Length):
                WriteFinished(_lines.BeginLine(), finished);
                return _lines.EndLineAsync(cancellationToken);
            case InferenceEvent.Finished finished when !context.Response.HasStarted:
                return new(WriteWholeAsync(json => WriteFinished(json, finished)));
        }

        return default;
    }

    public ValueTask FailAsync(Failure failure, CancellationToken cancellationToken) =>
        ApiFailure.TellAsync(context, _lines, stream, failure, cancellationToken);

    private Task WriteWholeAsync(Action<Utf8JsonWriter> write) =>
        JsonReply.WriteAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, write);

    private void Begin(Utf8JsonWriter json, string response, string thinking, bool done)
    {
        json.WriteStartObject();
        json.WriteString("model"u8, model);
        json.WriteString("created_at"u8, ReplyTime.Utc(time.GetUtcNow()));
        json.WriteString("response"u8, response);
        json.WriteUnlessEmpty("thinking"u8, thinking);
        json.WriteBoolean("done"u8, done);
    }

    private void WriteDelta(Utf8JsonWriter json, InferenceEvent.Delta delta)
    {
        Begin(json, delta.Content, delta.Thinking, done: false);
        if (!delta.Logprobs.IsDefaultOrEmpty)
            json.WriteLogprobs("logprobs"u8, delta.Logprobs);
        json.WriteEndObject();
    }

    private void WriteRendered(Utf8JsonWriter json, InferenceEvent.Rendered rendered)
    {
        Begin(json, "", "", done: false);
        json.WriteDebugInfo(rendered);
        json.WriteEndObject();
    }

    private void WriteFinished(Utf8JsonWriter json, InferenceEvent.Finished finished)
    {
        Begin(json, _answer.Content, _answer.Thinking, done: true);
        json.WriteString("done_reason"u8, AnswerJson.Word(finished.Reason));
        if (!finished.Context.IsDefaultOrEmpty)
        {
            json.WriteStartArray("context"u8);
            foreach (var token in finished.Context)
                json.WriteNumberValue(token);
            json.WriteEndArray();
        }

        json.WriteMetrics(finished.Metrics);
        if (_answer.Calls.Count > 0)
            json.WriteCalls(_answer.Calls);
        if (_answer.Logprobs.Count > 0)
            json.WriteLogprobs("logprobs"u8, _answer.Logprobs);
        json.WriteEndObject();
    }
}
