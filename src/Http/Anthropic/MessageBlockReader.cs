using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ModelOps.Http.Reading;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Anthropic;

/// <summary>
/// One message with content blocks (6.9): what the turn says becomes one message, and every tool result becomes its own message. Kinds of
/// blocks that say nothing here are skipped, and a message that says nothing at all vanishes.
/// </summary>
internal sealed class MessageBlockReader
{
    private readonly StringBuilder _text = new();
    private readonly List<ReadOnlyMemory<byte>> _images = [];
    private readonly List<ToolCall> _calls = [];
    private readonly List<ChatMessage> _results = [];
    private string _thinking = "";

    private MessageBlockReader()
    {
    }

    internal static IEnumerable<ChatMessage> Read(RequestObject message)
    {
        var role = message.Text("role").ToLowerInvariant();
        var content = message.Any("content");
        if (content.ValueKind == JsonValueKind.String)
            return [new ChatMessage(role, content.GetString()!)];
        if (content.ValueKind != JsonValueKind.Array)
            throw RequestException.Bad($"invalid message content type: {GoTypeName.Of(content)}");

        var blocks = new MessageBlockReader();
        foreach (var (index, block) in content.EnumerateArray().Index())
            blocks.Add(block, $"{message.PathOf("content")}[{index}]");
        var turn = blocks.Turn(role);
        return role == "user" ? [.. blocks._results, .. turn] : [.. turn, .. blocks._results];
    }

    private void Add(JsonElement block, string path)
    {
        if (block.ValueKind != JsonValueKind.Object)
            throw RequestException.Bad("invalid content block format");
        switch (block.TextAt("type"))
        {
            case "text":
                _text.Append(block.TextAt("text"));
                break;
            case "image":
                _images.Add(Image(block));
                break;
            case "thinking":
                _thinking = block.TextAt("thinking") ?? _thinking;
                break;
            case "tool_use":
                _calls.Add(Call(block, _calls.Count, path + ".input"));
                break;
            case "tool_result":
                _results.Add(Result(block));
                break;
        }
    }

    private ImmutableArray<ChatMessage> Turn(string role) =>
        _text.Length == 0 && _images.Count == 0 && _calls.Count == 0 && _thinking.Length == 0
            ? []
            : [new ChatMessage(role, _text.ToString()) { Images = [.. _images], ToolCalls = [.. _calls], Thinking = _thinking }];

    private static ToolCall Call(JsonElement block, int index, string path)
    {
        var id = block.TextAt("id") ?? throw RequestException.Bad("tool_use block missing required 'id' field");
        var name = block.TextAt("name") ?? throw RequestException.Bad("tool_use block missing required 'name' field");
        return new ToolCall(id, index, name, ToolArguments.Read(block.At("input"), path)) { ArgumentsPath = path };
    }

    private static ChatMessage Result(JsonElement block)
    {
        var content = block.At("content");
        var result = new ChatMessage("tool", "") { ToolCallId = block.TextAt("tool_use_id") ?? "" };
        if (content.ValueKind == JsonValueKind.String)
            return result with { Content = content.GetString()! };
        if (content.ValueKind != JsonValueKind.Array)
            return result;
        var parts = content.EnumerateArray().ToLookup(part => part.TextAt("type") ?? "");
        return result with
        {
            Content = string.Concat(parts["text"].Select(part => part.TextAt("text"))),
            Images = [.. parts["image"].Select(Image)],
        };
    }

    private static ReadOnlyMemory<byte> Image(JsonElement block)
    {
        var source = block.At("source");
        if (source.ValueKind != JsonValueKind.Object)
            throw RequestException.Bad("invalid image source");
        if (source.TextAt("type") is not "base64" and var type)
            throw RequestException.Bad($"invalid image source type: {type}. Only base64 images are supported.");
        var data = source.TextAt("data") ?? throw RequestException.Bad("invalid image source");
        return Base64Text.Decode(data, out var error) ?? throw RequestException.Bad($"invalid base64 image data: {error}");
    }
}
