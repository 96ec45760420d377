using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Http.Reading;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.OpenAi;

/// <summary>Messages of <c>/v1/chat/completions</c>: content in parts becomes a message per part (6.2).</summary>
internal static class ChatCompletionMessageReader
{
    internal static ImmutableArray<ChatMessage> Read(RequestObject body)
    {
        var messages = ImmutableArray.CreateBuilder<ChatMessage>();
        foreach (var message in body.Objects("messages", "openai.Message"))
            messages.AddRange(Convert(message, messages));
        return messages.ToImmutable();
    }

    private static IEnumerable<ChatMessage> Convert(RequestObject message, IReadOnlyList<ChatMessage> earlier)
    {
        var calls = message.Objects("tool_calls", "openai.ToolCall");
        var callId = message.Text("tool_call_id");
        var whole = new ChatMessage(message.Text("role").ToLowerInvariant(), "")
        {
            Thinking = message.Text("reasoning"),
            ToolCalls = calls.IsDefault ? [] : [.. calls.Select(Call)],
            ToolCallId = callId,
            ToolName = message.Text("name") is { Length: > 0 } name ? name : NameOf(callId, earlier),
        };
        var content = message.Any("content");
        return content.ValueKind switch
        {
            JsonValueKind.String => [whole with { Content = content.GetString()! }],
            JsonValueKind.Array => Parts(content, whole),
            _ when !calls.IsDefault => [whole],
            _ => throw RequestException.Bad($"invalid message content type: {GoTypeName.Of(content)}"),
        };
    }

    private static List<ChatMessage> Parts(JsonElement content, ChatMessage whole)
    {
        var parts = content.EnumerateArray().Select(part => Part(part, whole.Role)).ToList();
        if (parts.Count == 0)
            return whole.ToolCalls.IsEmpty ? [] : [whole];

        // A result that comes in parts stays a result; what belongs to the turn as a whole goes to its end.
        for (var index = 0; index < parts.Count; index++)
            parts[index] = parts[index] with { ToolCallId = whole.ToolCallId, ToolName = whole.ToolName };
        parts[^1] = parts[^1] with { Thinking = whole.Thinking, ToolCalls = whole.ToolCalls };
        return parts;
    }

    private static ChatMessage Part(JsonElement part, string role)
    {
        if (part.TextAt("type") is not { } type)
            throw Malformed();
        return type switch
        {
            "text" => new ChatMessage(role, part.TextAt("text") ?? throw Malformed()),
            "image_url" => new ChatMessage(role, "") { Images = [ImageData.Read(Url(part))] },
            "input_audio" => new ChatMessage(role, "") { Images = [Audio(part)] },
            _ => throw Malformed(),
        };
    }

    private static string Url(JsonElement part) =>
        part.TextAt("image_url") ?? part.At("image_url").TextAt("url") ?? throw Malformed();

    private static ReadOnlyMemory<byte> Audio(JsonElement part) =>
        Base64Text.Decode(part.At("input_audio").TextAt("data") ?? throw Malformed(), out var error)
        ?? throw RequestException.Bad($"invalid input_audio base64 data: {error}");

    private static ToolCall Call(RequestObject call)
    {
        var function = call.Object("function", "openai.ToolFunction");
        var path = function?.PathOf("arguments") ?? "";
        return new ToolCall(
            call.Text("id"),
            call.Integer("index") ?? 0,
            function?.Text("name") ?? "",
            ToolArguments.Read(function?.Any("arguments") ?? default, path))
        {
            ArgumentsPath = path,
        };
    }

    private static string NameOf(string callId, IReadOnlyList<ChatMessage> earlier) =>
        callId.Length == 0 ? "" : earlier.SelectMany(message => message.ToolCalls).LastOrDefault(call => call.Id == callId)?.Name ?? "";

    private static RequestException Malformed() => RequestException.Bad("invalid message format");
}
