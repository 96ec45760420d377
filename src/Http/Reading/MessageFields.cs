using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Reading;

/// <summary>Messages as <c>/api</c> takes them (2.2).</summary>
internal static class MessageFields
{
    internal static ImmutableArray<ChatMessage> Read(RequestObject request)
    {
        var messages = request.Objects("messages", "api.Message");
        return messages.IsDefault ? [] : [.. messages.Select(Of)];
    }

    internal static ImmutableArray<ReadOnlyMemory<byte>> Images(RequestObject request)
    {
        var images = request.List("images", "[]api.ImageData");
        return images.IsDefault ? [] : [.. images.Select(image => (ReadOnlyMemory<byte>)(image.ValueKind switch
        {
            JsonValueKind.String => Base64Text.Require(image.GetString()!),
            JsonValueKind.Null => [],
            _ => throw request.Wrong(image, "images", "api.ImageData"),
        }))];
    }

    private static ChatMessage Of(RequestObject message)
    {
        var calls = message.Objects("tool_calls", "api.ToolCall");
        return new ChatMessage(message.Text("role").ToLowerInvariant(), message.Text("content"))
        {
            Thinking = message.Text("thinking"),
            Images = Images(message),
            ToolCalls = calls.IsDefault ? [] : [.. calls.Select(Call)],
            ToolName = message.Text("tool_name"),
            ToolCallId = message.Text("tool_call_id"),
        };
    }

    private static ToolCall Call(RequestObject call)
    {
        var function = call.Object("function", "api.ToolCallFunction");
        var path = function?.PathOf("arguments") ?? "";
        return new ToolCall(
            call.Text("id"),
            function?.Integer("index") ?? 0,
            function?.Text("name") ?? "",
            ToolArguments.Read(function?.Any("arguments") ?? default, path))
        {
            ArgumentsPath = path,
        };
    }
}
