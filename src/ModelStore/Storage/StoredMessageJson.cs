using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Templates.Chat;

namespace ModelOps.ModelStore.Storage;

/// <summary>Messages in blobs.</summary>
internal static class StoredMessageJson
{
    /// <summary>The bytes of a messages blob.</summary>
    public static byte[] Write(IEnumerable<ChatMessage> messages)
    {
        var text = new StringBuilder("[");
        foreach (var message in messages)
        {
            if (text.Length > 1)
                text.Append(',');
            AppendMessage(text, message);
        }

        return Encoding.UTF8.GetBytes(text.Append("]\n").ToString());
    }

    /// <summary>Reads one message; the role in lower case.</summary>
    public static ChatMessage Read(JsonObject message) =>
#pragma warning disable CA1308 // Roles are lower case by definition.
        new(Text(message, "role").ToLowerInvariant(), Text(message, "content"))
#pragma warning restore CA1308
        {
            Thinking = Text(message, "thinking"),
            ToolName = Text(message, "tool_name"),
            ToolCallId = Text(message, "tool_call_id"),
            Images = message["images"] is JsonArray images
                ? [.. images.Where(image => image?.GetValueKind() == JsonValueKind.String)
                    .Select(image => (ReadOnlyMemory<byte>)Convert.FromBase64String(image!.GetValue<string>()))]
                : [],
            ToolCalls = message["tool_calls"] is JsonArray calls ? [.. calls.OfType<JsonObject>().Select(ReadCall)] : [],
        };

    private static ToolCall ReadCall(JsonObject call, int position)
    {
        var function = call["function"] as JsonObject ?? [];
        var index = function["index"] is JsonValue number && number.TryGetValue<int>(out var given) ? given : position;
        var arguments = function["arguments"] is { } node ? ToElement(node) : default;
        return new ToolCall(Text(call, "id"), index, Text(function, "name"), arguments);
    }

    private static JsonElement ToElement(JsonNode node)
    {
        using var document = JsonDocument.Parse(node.ToJsonString(), JsonNesting.Document);
        return document.RootElement.Clone();
    }

    private static void AppendMessage(StringBuilder text, ChatMessage message)
    {
        BlobJson.AppendText(text.Append("{\"role\":"), message.Role);
        BlobJson.AppendText(text.Append(",\"content\":"), message.Content);
        AppendOptional(text, "thinking", message.Thinking);
        if (!message.Images.IsDefaultOrEmpty)
        {
            BlobJson.Append(text.Append(",\"images\":"), new JsonArray(
                [.. message.Images.Select(image => (JsonNode)JsonValue.Create(Convert.ToBase64String(image.Span)))]));
        }

        if (!message.ToolCalls.IsDefaultOrEmpty)
            AppendCalls(text, message);
        AppendOptional(text, "tool_name", message.ToolName);
        AppendOptional(text, "tool_call_id", message.ToolCallId);
        text.Append('}');
    }

    private static void AppendCalls(StringBuilder text, ChatMessage message)
    {
        text.Append(",\"tool_calls\":[");
        for (var index = 0; index < message.ToolCalls.Length; index++)
        {
            var call = message.ToolCalls[index];
            text.Append(index > 0 ? ",{" : "{");
            if (call.Id.Length > 0)
            {
                BlobJson.AppendText(text.Append("\"id\":"), call.Id);
                text.Append(',');
            }

            BlobJson.AppendText(text.Append("\"function\":{\"index\":").Append(call.Index).Append(",\"name\":"), call.Name);
            text.Append(",\"arguments\":");
            text.Append(call.Arguments.ValueKind == JsonValueKind.Undefined ? "{}" : call.Arguments.GetRawText()).Append("}}");
        }

        text.Append(']');
    }

    private static void AppendOptional(StringBuilder text, string key, string value)
    {
        if (value.Length > 0)
            BlobJson.AppendText(text.Append(",\"").Append(key).Append("\":"), value);
    }

    private static string Text(JsonObject node, string key) =>
        node[key] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";
}
