using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Http.Writing;
using ModelOps.Prompting.Events;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Ollama;

/// <summary>Answers of <c>/api/chat</c> (3.3).</summary>
internal sealed class ChatForm(HttpContext context, string model, bool stream, TimeProvider time) : IReplyForm
{
    private readonly CollectedAnswer _answer = new();
    private readonly ReplyStream _lines = new(context, JsonReply.Lines);
    private bool _isRendered;

    public ValueTask TellAsync(InferenceEvent item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case InferenceEvent.Delta delta when stream:
                WriteLine(_lines.BeginLine(), delta.Content, delta.Thinking, [], delta.Logprobs);
                return _lines.EndLineAsync(cancellationToken);
            case InferenceEvent.Delta delta:
                _answer.Add(delta);
                break;
            case InferenceEvent.ToolCalls { OnLastLine: false } calls when stream:
                WriteLine(_lines.BeginLine(), "", "", calls.Calls, calls.Logprobs);
                return _lines.EndLineAsync(cancellationToken);
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

    private void WriteLine(
        Utf8JsonWriter json, string content, string thinking, ImmutableArray<ToolCall> calls, ImmutableArray<TokenLogprob> logprobs)
    {
        Begin(json, "assistant", content, thinking, calls);
        json.WriteBoolean("done"u8, false);
        if (!logprobs.IsDefaultOrEmpty)
            json.WriteLogprobs("logprobs"u8, logprobs);
        json.WriteEndObject();
    }

    private void WriteRendered(Utf8JsonWriter json, InferenceEvent.Rendered rendered)
    {
        Begin(json, "", "", "", []);
        json.WriteBoolean("done"u8, false);
        json.WriteDebugInfo(rendered);
        json.WriteEndObject();
    }

    private void WriteFinished(Utf8JsonWriter json, InferenceEvent.Finished finished)
    {
        Begin(json, "assistant", _answer.Content, _answer.Thinking, _answer.Calls);
        json.WriteBoolean("done"u8, true);
        json.WriteString("done_reason"u8, AnswerJson.Word(finished.Reason));
        if (_answer.Logprobs.Count > 0)
            json.WriteLogprobs("logprobs"u8, _answer.Logprobs);
        json.WriteMetrics(finished.Metrics);
        json.WriteEndObject();
    }
}
