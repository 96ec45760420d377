using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.OpenAi.Responses;

/// <summary>
/// Answers of <c>/v1/responses</c> as they come: items one after the other, each added, filled and done, with a number on every event.
/// </summary>
internal sealed class ResponseStreamWriter(HttpContext context, ResponseObject response) : IReplyWriter
{
    private const string ContentIndex = "content_index";
    private const string SummaryIndex = "summary_index";

    private readonly ReplyStream _events = new(context, JsonReply.Events);
    private readonly List<ResponseItem> _output = [];
    private readonly StringBuilder _text = new();
    private ResponseItem? _open;
    private bool _hasThought;
    private bool _hasCalls;
    private int _sequence;

    public async ValueTask WriteAsync(InferenceEvent item, CancellationToken cancellationToken)
    {
        if (!_events.HasStarted)
        {
            await WriteAsync("response.created", json => WriteResponse(json, response.WriteBegun), cancellationToken);
            await WriteAsync("response.in_progress", json => WriteResponse(json, response.WriteBegun), cancellationToken);
        }

        switch (item)
        {
            case InferenceEvent.Delta delta:
                await WriteThinkingAsync(delta.Thinking, cancellationToken);
                await WriteTextAsync(delta.Content, cancellationToken);
                break;
            case InferenceEvent.ToolCalls calls:
                await CloseAsync(ResponseItem.Completed, cancellationToken);
                foreach (var call in calls.Calls)
                    await WriteCallAsync(call, cancellationToken);
                break;
            case InferenceEvent.Finished finished:
                var isCut = finished.Reason == FinishReason.Length;
                await CloseAsync(isCut ? ResponseItem.Incomplete : ResponseItem.Completed, cancellationToken);
                await WriteAsync(
                    isCut ? "response.incomplete" : "response.completed",
                    json => WriteResponse(json, writer => response.WriteFinished(writer, _output, finished)), cancellationToken);
                break;
        }
    }

    public async ValueTask FailAsync(Failure failure, CancellationToken cancellationToken)
    {
        if (_events.HasStarted)
            await WriteAsync(
                "response.failed",
                json => WriteResponse(json, writer => response.WriteFailed(writer, _output, failure)),
                cancellationToken);
        else
            await OpenAiErrors.WriteAsync(context, failure);
    }

    private async ValueTask WriteThinkingAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length == 0 || _hasThought || _hasCalls)
            return;
        if (_open is not ResponseItem.Reasoning)
        {
            await CloseAsync(ResponseItem.Completed, cancellationToken);
            await AddAsync(ResponseItem.Reasoning.New(), cancellationToken);
        }

        _text.Append(text);
        await WritePartAsync(
            "response.reasoning_summary_text.delta", SummaryIndex, json => json.WriteString("delta"u8, text), cancellationToken);
    }

    private async ValueTask WriteTextAsync(string text, CancellationToken cancellationToken)
    {
        // After a call the reference sends no more text.
        if (text.Length == 0 || _hasCalls)
            return;
        if (_open is not ResponseItem.Message)
        {
            await CloseAsync(ResponseItem.Completed, cancellationToken);
            await AddAsync(ResponseItem.Message.New(), cancellationToken);
            await WritePartAsync("response.content_part.added", ContentIndex, json => WritePart(json, ""), cancellationToken);
        }

        _text.Append(text);
        await WritePartAsync("response.output_text.delta", ContentIndex, json =>
        {
            json.WriteString("delta"u8, text);
            WriteNoLogprobs(json);
        }, cancellationToken);
    }

    private async ValueTask WriteCallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        _hasCalls = true;
        var item = ResponseItem.FunctionCall.New(call);
        await AddAsync(item with { Arguments = "", Status = ResponseItem.InProgress }, cancellationToken);
        await WritePartAsync(
            "response.function_call_arguments.delta", "", json => json.WriteString("delta"u8, item.Arguments), cancellationToken);
        await WritePartAsync(
            "response.function_call_arguments.done", "", json => json.WriteString("arguments"u8, item.Arguments), cancellationToken);
        await DoneAsync(item, cancellationToken);
    }

    private ValueTask AddAsync(ResponseItem item, CancellationToken cancellationToken)
    {
        _open = item;
        return WriteItemAsync("response.output_item.added", item, cancellationToken);
    }

    /// <summary>Ends the item that is being filled.</summary>
    private async ValueTask CloseAsync(string status, CancellationToken cancellationToken)
    {
        var text = _text.ToString();
        switch (_open)
        {
            case ResponseItem.Reasoning reasoning:
                _hasThought = true;
                await WritePartAsync(
                    "response.reasoning_summary_text.done", SummaryIndex, json => json.WriteString("text"u8, text), cancellationToken);
                await DoneAsync(reasoning with { Text = text }, cancellationToken);
                break;
            case ResponseItem.Message message:
                await WritePartAsync("response.output_text.done", ContentIndex, json =>
                {
                    json.WriteString("text"u8, text);
                    WriteNoLogprobs(json);
                }, cancellationToken);
                await WritePartAsync("response.content_part.done", ContentIndex, json => WritePart(json, text), cancellationToken);
                await DoneAsync(message with { Text = text, Status = status }, cancellationToken);
                break;
        }
    }

    private async ValueTask DoneAsync(ResponseItem item, CancellationToken cancellationToken)
    {
        await WriteItemAsync("response.output_item.done", item, cancellationToken);
        _output.Add(item);
        _text.Clear();
        _open = null;
    }

    private ValueTask WriteItemAsync(string type, ResponseItem item, CancellationToken cancellationToken) => WriteAsync(type, json =>
    {
        json.WriteNumber("output_index"u8, _output.Count);
        json.WritePropertyName("item"u8);
        item.Write(json);
    }, cancellationToken);

    /// <summary>An event about a part of the item that is being filled.</summary>
    private ValueTask WritePartAsync(
        string type, string index, Action<Utf8JsonWriter> members, CancellationToken cancellationToken) => WriteAsync(type, json =>
    {
        json.WriteString("item_id"u8, _open!.Id);
        json.WriteNumber("output_index"u8, _output.Count);
        if (index.Length > 0)
            json.WriteNumber(index, 0);
        members(json);
    }, cancellationToken);

    private ValueTask WriteAsync(string type, Action<Utf8JsonWriter> members, CancellationToken cancellationToken)
    {
        var json = _events.BeginEvent(type);
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteNumber("sequence_number"u8, _sequence++);
        members(json);
        json.WriteEndObject();
        return _events.EndEventAsync(cancellationToken);
    }

    private static void WriteResponse(Utf8JsonWriter json, Action<Utf8JsonWriter> write)
    {
        json.WritePropertyName("response"u8);
        write(json);
    }

    private static void WritePart(Utf8JsonWriter json, string text)
    {
        json.WritePropertyName("part"u8);
        ResponseItem.WritePart(json, text);
    }

    private static void WriteNoLogprobs(Utf8JsonWriter json)
    {
        json.WriteStartArray("logprobs"u8);
        json.WriteEndArray();
    }
}
