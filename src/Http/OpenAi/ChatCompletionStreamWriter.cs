using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.OpenAi;

/// <summary>Answers of <c>/v1/chat/completions</c> as they come (6.3): the pieces of several mix.</summary>
internal sealed class ChatCompletionStreamWriter(
    HttpContext context, string model, int count, bool usage, TimeProvider time) : ISamplesWriter
{
    private readonly ReplyStream _events = new(context, JsonReply.Events);
    private readonly string _id = ReplyId.New("chatcmpl-");
    private readonly long _created = time.GetUtcNow().ToUnixTimeSeconds();
    private readonly bool[] _hasRole = new bool[count];
    private readonly bool[] _hasCalls = new bool[count];
    private readonly SampleUsage _usage = new(count);
    private bool _rendered;

    public async ValueTask WriteAsync(int sample, InferenceEvent item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case InferenceEvent.Delta delta:
                await WriteDeltaAsync(sample, delta, cancellationToken);
                break;
            case InferenceEvent.ToolCalls calls:
                _hasCalls[sample] = true;
                var json = BeginDelta(sample);
                json.WriteString("content"u8, "");
                ChatCompletionReplyWriter.WriteCalls(json, calls.Calls);
                await EndDeltaAsync(json, null, calls.Logprobs, cancellationToken);
                break;
            case InferenceEvent.Rendered:
                _rendered = true;
                await WriteRoleAsync(sample, cancellationToken);
                break;
            case InferenceEvent.Finished finished when !_rendered:
                await FinishAsync(sample, finished, cancellationToken);
                break;
        }
    }

    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (usage && !_rendered)
        {
            var json = BeginChunk();
            json.WriteEndArray();
            _usage.Write(json);
            json.WriteEndObject();
            await _events.EndEventAsync(cancellationToken);
        }

        await _events.EndOpenAiAsync(cancellationToken);
    }

    public ValueTask FailAsync(Failure failure, CancellationToken cancellationToken) =>
        OpenAiErrors.EndStreamAsync(context, _events, failure, cancellationToken);

    private async ValueTask WriteDeltaAsync(int sample, InferenceEvent.Delta delta, CancellationToken cancellationToken)
    {
        var both = delta.Thinking.Length > 0 && delta.Content.Length > 0;
        if (both)
        {
            var first = BeginDelta(sample);
            first.WriteString("reasoning"u8, delta.Thinking);
            await EndDeltaAsync(first, null, delta.Logprobs, cancellationToken);
        }

        var json = BeginDelta(sample);
        json.WriteString("content"u8, delta.Content);
        if (!both && delta.Thinking.Length > 0)
            json.WriteString("reasoning"u8, delta.Thinking);
        await EndDeltaAsync(json, null, both ? [] : delta.Logprobs, cancellationToken);
    }

    private ValueTask WriteRoleAsync(int sample, CancellationToken cancellationToken)
    {
        var json = BeginDelta(sample);
        json.WriteString("content"u8, "");
        return EndDeltaAsync(json, null, [], cancellationToken);
    }

    private async ValueTask FinishAsync(int sample, InferenceEvent.Finished finished, CancellationToken cancellationToken)
    {
        _usage.Add(sample, finished.Metrics);
        if (!_hasRole[sample])
            await WriteRoleAsync(sample, cancellationToken);
        var json = BeginDelta(sample);
        await EndDeltaAsync(json, FinishWord.Of(finished.Reason, _hasCalls[sample]), [], cancellationToken);
    }

    private Utf8JsonWriter BeginChunk()
    {
        var json = _events.BeginData();
        json.WriteStartObject();
        json.WriteString("id"u8, _id);
        json.WriteString("object"u8, "chat.completion.chunk");
        json.WriteNumber("created"u8, _created);
        json.WriteString("model"u8, model);
        json.WriteString("system_fingerprint"u8, ChatCompletionReplyWriter.Fingerprint);
        json.WriteStartArray("choices"u8);
        return json;
    }

    private Utf8JsonWriter BeginDelta(int sample)
    {
        var json = BeginChunk();
        json.WriteStartObject();
        json.WriteNumber("index"u8, sample);
        json.WriteStartObject("delta"u8);
        if (!_hasRole[sample])
            json.WriteString("role"u8, "assistant");
        _hasRole[sample] = true;
        return json;
    }

    private ValueTask EndDeltaAsync(
        Utf8JsonWriter json,
        string? reason,
        IReadOnlyCollection<Prompting.Events.TokenLogprob> logprobs,
        CancellationToken cancellationToken)
    {
        json.WriteEndObject();
        json.WriteString("finish_reason"u8, reason);
        ChatCompletionReplyWriter.WriteLogprobs(json, logprobs);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        return _events.EndEventAsync(cancellationToken);
    }
}
