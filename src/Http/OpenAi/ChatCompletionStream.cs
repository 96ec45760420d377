using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Runtime.Serving;

namespace ModelOps.Http.OpenAi;

/// <summary>Answers of <c>/v1/chat/completions</c> as they come (6.3).</summary>
internal sealed class ChatCompletionStream(HttpContext context, string model, bool usage, TimeProvider time) : IReplyForm
{
    private readonly ReplyStream _events = new(context, JsonReply.Events);
    private readonly string _id = ReplyId.New("chatcmpl-");
    private readonly long _created = time.GetUtcNow().ToUnixTimeSeconds();
    private bool _hasRole;
    private bool _hasCalls;

    public async ValueTask TellAsync(InferenceEvent item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case InferenceEvent.Delta delta:
                await TellDeltaAsync(delta, cancellationToken);
                break;
            case InferenceEvent.ToolCalls calls:
                _hasCalls = true;
                var json = BeginDelta();
                json.WriteString("content"u8, "");
                ChatCompletionForm.WriteCalls(json, calls.Calls);
                await EndDeltaAsync(json, null, calls.Logprobs, cancellationToken);
                break;
            case InferenceEvent.Rendered:
                await TellRoleAsync(cancellationToken);
                await _events.EndOpenAiAsync(cancellationToken);
                break;
            case InferenceEvent.Finished finished:
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

    private async ValueTask TellDeltaAsync(InferenceEvent.Delta delta, CancellationToken cancellationToken)
    {
        var both = delta.Thinking.Length > 0 && delta.Content.Length > 0;
        if (both)
        {
            var first = BeginDelta();
            first.WriteString("reasoning"u8, delta.Thinking);
            await EndDeltaAsync(first, null, delta.Logprobs, cancellationToken);
        }

        var json = BeginDelta();
        json.WriteString("content"u8, delta.Content);
        if (!both && delta.Thinking.Length > 0)
            json.WriteString("reasoning"u8, delta.Thinking);
        await EndDeltaAsync(json, null, both ? [] : delta.Logprobs, cancellationToken);
    }

    private ValueTask TellRoleAsync(CancellationToken cancellationToken)
    {
        var json = BeginDelta();
        json.WriteString("content"u8, "");
        return EndDeltaAsync(json, null, [], cancellationToken);
    }

    private async ValueTask FinishAsync(InferenceEvent.Finished finished, CancellationToken cancellationToken)
    {
        if (_events.HasStarted && !_hasRole)
            return;
        if (!_hasRole)
            await TellRoleAsync(cancellationToken);
        var json = BeginDelta();
        await EndDeltaAsync(json, FinishWord.Of(finished.Reason, _hasCalls), [], cancellationToken);
        if (usage)
        {
            json = BeginChunk();
            json.WriteEndArray();
            ChatCompletionForm.WriteUsage(json, finished.Metrics);
            json.WriteEndObject();
            await _events.EndEventAsync(cancellationToken);
        }

        await _events.EndOpenAiAsync(cancellationToken);
    }

    private Utf8JsonWriter BeginChunk()
    {
        var json = _events.BeginData();
        json.WriteStartObject();
        json.WriteString("id"u8, _id);
        json.WriteString("object"u8, "chat.completion.chunk");
        json.WriteNumber("created"u8, _created);
        json.WriteString("model"u8, model);
        json.WriteString("system_fingerprint"u8, ChatCompletionForm.Fingerprint);
        json.WriteStartArray("choices"u8);
        return json;
    }

    private Utf8JsonWriter BeginDelta()
    {
        var json = BeginChunk();
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("delta"u8);
        if (!_hasRole)
            json.WriteString("role"u8, "assistant");
        _hasRole = true;
        return json;
    }

    private ValueTask EndDeltaAsync(
        Utf8JsonWriter json, string? reason, IReadOnlyCollection<Runtime.Engines.TokenLogprob> logprobs, CancellationToken cancellationToken)
    {
        json.WriteEndObject();
        json.WriteString("finish_reason"u8, reason);
        ChatCompletionForm.WriteLogprobs(json, logprobs);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        return _events.EndEventAsync(cancellationToken);
    }
}
