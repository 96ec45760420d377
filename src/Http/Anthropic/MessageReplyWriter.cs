using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.Anthropic;

/// <summary>Answers of <c>/v1/messages</c> in one piece.</summary>
internal sealed class MessageReplyWriter(HttpContext context, string id, string model) : IReplyWriter
{
    private readonly CollectedAnswer _answer = new();

    public ValueTask WriteAsync(InferenceEvent item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case InferenceEvent.Delta delta:
                _answer.Add(delta);
                break;
            case InferenceEvent.ToolCalls calls:
                _answer.Add(calls.Calls);
                break;
            case InferenceEvent.Finished finished:
                return new(JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.Plain, json => Write(json, finished)));
        }

        return default;
    }

    public ValueTask FailAsync(Failure failure, CancellationToken cancellationToken) => new(AnthropicErrors.WriteAsync(context, failure));

    private void Write(Utf8JsonWriter json, InferenceEvent.Finished finished)
    {
        json.WriteStartObject();
        MessageMembers.WriteHead(json, id, model);
        json.WriteStartArray("content"u8);
        WriteText(json, "thinking", _answer.Thinking);
        WriteText(json, "text", _answer.Content);
        foreach (var call in _answer.Calls)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "tool_use");
            json.WriteString("id"u8, call.Id);
            json.WriteString("name"u8, call.Name);
            json.WritePropertyName("input"u8);
            json.WriteArguments(call);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("stop_reason"u8, MessageMembers.StopReason(finished.Reason, _answer.Calls.Count > 0));
        MessageMembers.WriteUsage(json, finished.Metrics.PromptTokens, finished.Metrics.GeneratedTokens);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string kind, string text)
    {
        if (text.Length == 0)
            return;
        json.WriteStartObject();
        json.WriteString("type"u8, kind);
        json.WriteString(kind, text);
        json.WriteEndObject();
    }
}
