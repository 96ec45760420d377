using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Runtime.Serving;

namespace ModelOps.Http.OpenAi;

/// <summary>Answers of <c>/v1/completions</c> (6.4). Thinking is not told.</summary>
internal sealed class CompletionForm(HttpContext context, string model, bool stream, bool usage, TimeProvider time) : IReplyForm
{
    private readonly CollectedAnswer _answer = new();
    private readonly ReplyStream _events = new(context, JsonReply.Events);
    private readonly string _id = ReplyId.New("cmpl-");
    private bool _told;

    public async ValueTask TellAsync(InferenceEvent item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case InferenceEvent.Delta delta when stream:
                if (delta.Content.Length > 0)
                    await TellTextAsync(delta.Content, null, cancellationToken);
                break;
            case InferenceEvent.Delta delta:
                _answer.Add(delta);
                break;
            case InferenceEvent.Rendered rendered:
                _told = true;
                if (stream)
                {
                    await TellTextAsync("", null, cancellationToken);
                    await _events.EndOpenAiAsync(cancellationToken);
                }
                else
                {
                    await WriteAsync(null, InferenceMetrics.None, rendered);
                }

                break;
            case InferenceEvent.Finished finished when !_told:
                await FinishAsync(finished, cancellationToken);
                break;
        }
    }

    public async ValueTask FailAsync(Failure failure, CancellationToken cancellationToken)
    {
        if (!_events.HasStarted)
        {
            await OpenAiErrors.WriteAsync(context, failure);
            return;
        }

        var json = _events.BeginData();
        json.WriteStartObject();
        OpenAiErrors.Write(json, failure.Status, failure.Message);
        json.WriteEndObject();
        await _events.EndEventAsync(cancellationToken);
        await _events.EndOpenAiAsync(cancellationToken);
    }

    private async ValueTask FinishAsync(InferenceEvent.Finished finished, CancellationToken cancellationToken)
    {
        var reason = AnswerJson.Word(finished.Reason);
        if (!stream)
        {
            await WriteAsync(reason, finished.Metrics, null);
            return;
        }

        await TellTextAsync("", reason, cancellationToken);
        if (usage)
        {
            var json = BeginChunk();
            json.WriteEndArray();
            EndChunk(json, finished.Metrics);
            await _events.EndEventAsync(cancellationToken);
        }

        await _events.EndOpenAiAsync(cancellationToken);
    }

    private ValueTask TellTextAsync(string text, string? reason, CancellationToken cancellationToken)
    {
        var json = BeginChunk();
        WriteChoice(json, text, reason);
        json.WriteEndArray();
        EndChunk(json, InferenceMetrics.None);
        return _events.EndEventAsync(cancellationToken);
    }

    private Utf8JsonWriter BeginChunk()
    {
        var json = _events.BeginData();
        json.WriteStartObject();
        json.WriteString("id"u8, _id);
        json.WriteString("object"u8, "text_completion");
        json.WriteNumber("created"u8, time.GetUtcNow().ToUnixTimeSeconds());
        json.WriteStartArray("choices"u8);
        return json;
    }

    private void EndChunk(Utf8JsonWriter json, InferenceMetrics metrics)
    {
        json.WriteString("model"u8, model);
        json.WriteString("system_fingerprint"u8, ChatCompletionForm.Fingerprint);
        if (usage)
            ChatCompletionForm.WriteUsage(json, metrics);
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, string text, string? reason)
    {
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteNumber("index"u8, 0);
        json.WriteString("finish_reason"u8, reason);
        json.WriteEndObject();
    }

    private Task WriteAsync(string? reason, InferenceMetrics metrics, InferenceEvent.Rendered? rendered) =>
        JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.Plain, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, _id);
            json.WriteString("object"u8, "text_completion");
            json.WriteNumber("created"u8, time.GetUtcNow().ToUnixTimeSeconds());
            json.WriteString("model"u8, model);
            json.WriteString("system_fingerprint"u8, ChatCompletionForm.Fingerprint);
            json.WriteStartArray("choices"u8);
            WriteChoice(json, _answer.Content, reason);
            json.WriteEndArray();
            ChatCompletionForm.WriteUsage(json, metrics);
            if (rendered is not null)
                json.WriteDebugInfo(rendered);
            json.WriteEndObject();
        });
}
