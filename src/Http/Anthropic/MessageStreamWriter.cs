using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Anthropic;

/// <summary>Answers of <c>/v1/messages</c> as they come: blocks one after the other, each opened, filled and closed.</summary>
/// <param name="context">The request.</param>
/// <param name="id">Of the message.</param>
/// <param name="model">Name as the client sent it.</param>
/// <param name="estimate">Estimated tokens of the prompt, used until the count is known.</param>
internal sealed class MessageStreamWriter(HttpContext context, string id, string model, int estimate) : IReplyWriter
{
    private const string Thinking = "thinking";
    private const string Text = "text";

    private readonly ReplyStream _events = new(context, JsonReply.Events);
    private readonly List<ToolCall> _late = [];
    private string _open = "";
    private int _index;
    private bool _hasThought;
    private bool _hasCalls;

    public async ValueTask WriteAsync(InferenceEvent item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case InferenceEvent.Delta delta:
                await StartAsync(estimate, cancellationToken);
                if (!_hasThought)
                    await WriteTextAsync(Thinking, delta.Thinking, cancellationToken);
                await WriteTextAsync(Text, delta.Content, cancellationToken);
                break;
            case InferenceEvent.ToolCalls { OnLastLine: true } calls:
                // They come together with the counts, which belong in the first event.
                _late.AddRange(calls.Calls);
                break;
            case InferenceEvent.ToolCalls calls:
                await StartAsync(estimate, cancellationToken);
                await WriteCallsAsync(calls.Calls, cancellationToken);
                break;
            case InferenceEvent.Finished finished:
                await StartAsync(finished.Metrics.PromptTokens > 0 ? finished.Metrics.PromptTokens : estimate, cancellationToken);
                await WriteCallsAsync(_late, cancellationToken);
                await FinishAsync(finished, cancellationToken);
                break;
        }
    }

    public async ValueTask FailAsync(Failure failure, CancellationToken cancellationToken)
    {
        if (!_events.HasStarted)
        {
            await AnthropicErrors.WriteAsync(context, failure);
            return;
        }

        var json = _events.BeginEvent("error");
        json.WriteStartObject();
        AnthropicErrors.Write(json, failure.Status, failure.Message);
        await EndAsync(json, cancellationToken);
    }

    private ValueTask StartAsync(int inputTokens, CancellationToken cancellationToken)
    {
        if (_events.HasStarted)
            return default;
        var json = Begin("message_start");
        json.WriteStartObject("message"u8);
        MessageMembers.WriteHead(json, id, model);
        json.WriteStartArray("content"u8);
        json.WriteEndArray();
        MessageMembers.WriteUsage(json, inputTokens, 0);
        json.WriteEndObject();
        return EndAsync(json, cancellationToken);
    }

    /// <param name="kind">Kind of the block; also the name of its text.</param>
    /// <param name="text">What comes next of it.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    private async ValueTask WriteTextAsync(string kind, string text, CancellationToken cancellationToken)
    {
        if (text.Length == 0)
            return;
        if (_open != kind)
        {
            await CloseAsync(cancellationToken);
            _open = kind;
            await OpenAsync(json =>
            {
                json.WriteString("type"u8, kind);
                json.WriteString(kind, "");
            }, cancellationToken);
        }

        await WriteDeltaAsync(kind + "_delta", kind, text, cancellationToken);
    }

    private async ValueTask WriteCallsAsync(IEnumerable<ToolCall> calls, CancellationToken cancellationToken)
    {
        foreach (var call in calls)
        {
            _hasCalls = true;
            await CloseAsync(cancellationToken);
            _open = "tool_use";
            await OpenAsync(json =>
            {
                json.WriteString("type"u8, "tool_use");
                json.WriteString("id"u8, call.Id);
                json.WriteString("name"u8, call.Name);
                json.WriteStartObject("input"u8);
                json.WriteEndObject();
            }, cancellationToken);
            await WriteDeltaAsync("input_json_delta", "partial_json", AnswerJson.ArgumentText(call), cancellationToken);
            await CloseAsync(cancellationToken);
        }
    }

    private async ValueTask FinishAsync(InferenceEvent.Finished finished, CancellationToken cancellationToken)
    {
        await CloseAsync(cancellationToken);
        var json = Begin("message_delta");
        json.WriteStartObject("delta"u8);
        json.WriteString("stop_reason"u8, MessageMembers.StopReason(finished.Reason, _hasCalls));
        json.WriteEndObject();
        MessageMembers.WriteUsage(json, finished.Metrics.PromptTokens, finished.Metrics.GeneratedTokens);
        await EndAsync(json, cancellationToken);
        await EndAsync(Begin("message_stop"), cancellationToken);
    }

    private ValueTask OpenAsync(Action<Utf8JsonWriter> block, CancellationToken cancellationToken)
    {
        var json = BeginBlock("content_block_start");
        json.WriteStartObject("content_block"u8);
        block(json);
        json.WriteEndObject();
        return EndAsync(json, cancellationToken);
    }

    private ValueTask WriteDeltaAsync(string type, string name, string text, CancellationToken cancellationToken)
    {
        var json = BeginBlock("content_block_delta");
        json.WriteStartObject("delta"u8);
        json.WriteString("type"u8, type);
        json.WriteString(name, text);
        json.WriteEndObject();
        return EndAsync(json, cancellationToken);
    }

    private async ValueTask CloseAsync(CancellationToken cancellationToken)
    {
        if (_open.Length == 0)
            return;
        await EndAsync(BeginBlock("content_block_stop"), cancellationToken);
        _hasThought |= _open == Thinking;
        _open = "";
        _index++;
    }

    private Utf8JsonWriter BeginBlock(string type)
    {
        var json = Begin(type);
        json.WriteNumber("index"u8, _index);
        return json;
    }

    private Utf8JsonWriter Begin(string type)
    {
        var json = _events.BeginEvent(type);
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        return json;
    }

    private ValueTask EndAsync(Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        json.WriteEndObject();
        return _events.EndEventAsync(cancellationToken);
    }
}
