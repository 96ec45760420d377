using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ModelOps.Http.Reading;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.OpenAi.Responses;

/// <summary>The items of an <c>input</c> list as messages (6.8).</summary>
/// <param name="items">The list.</param>
internal sealed class ResponseInputReader(JsonElement items)
{
    private readonly FrozenSet<string> _answered = items.EnumerateArray()
        .Where(item => item.TextAt("type") == "function_call_output").Select(item => item.TextAt("call_id") ?? "").ToFrozenSet(
            StringComparer.Ordinal);

    private readonly List<ChatMessage> _messages = [];

    // Reasoning is an item of its own and belongs to the turn after it.
    private string _thinking = "";

    internal IEnumerable<ChatMessage> Read()
    {
        foreach (var (index, item) in items.EnumerateArray().Index())
            Add(item, $"input[{index}]");
        return _messages;
    }

    private void Add(JsonElement item, string place)
    {
        switch (item.TextAt("type") ?? (item.TextAt("role") is null ? "" : "message"))
        {
            case "message":
                AddMessage(item, place);
                break;
            case "function_call":
                AddCall(item, place + ".arguments");
                break;
            case "function_call_output":
                var (output, images) = Parts(item.At("output"), place + ": output");
                _messages.Add(new ChatMessage("tool", output) { ToolCallId = item.TextAt("call_id") ?? "", Images = images });
                break;
            case "reasoning":
                _thinking = item.TextAt("encrypted_content") ?? "";
                break;
            case "web_search_call":
                break;
            case "":
                throw RequestException.Bad(place + ": input item missing required 'type' field");
            case var type:
                throw RequestException.Bad($"{place}: unknown input item type: \"{type}\"");
        }
    }

    private void AddMessage(JsonElement item, string place)
    {
        var (text, images) = Parts(item.At("content"), place + ": content");
        var message = new ChatMessage((item.TextAt("role") ?? "").ToLowerInvariant(), text) { Images = images };
        if (message.Role != "assistant")
            _messages.Add(message);
        else if (_messages is [.., { Role: "assistant" } last] && last.ToolCalls.Any(call => _answered.Contains(call.Id)))
            // Templates want the result right behind the turn that asked for it.
            _messages[^1] = WithThinking(last with { Content = last.Content + text });
        else
            _messages.Add(WithThinking(message));
    }

    private void AddCall(JsonElement item, string path)
    {
        var turn = _messages is [.., { Role: "assistant" } last] ? last : null;
        var call = new ToolCall(
            item.TextAt("call_id") ?? "",
            turn?.ToolCalls.Length ?? 0,
            item.TextAt("name") ?? "",
            ToolArguments.Read(item.At("arguments"), path))
        {
            ArgumentsPath = path,
        };
        if (turn is null)
            _messages.Add(WithThinking(new ChatMessage("assistant", "") { ToolCalls = [call] }));
        else
            _messages[^1] = WithThinking(turn with { ToolCalls = turn.ToolCalls.Add(call) });
    }

    private ChatMessage WithThinking(ChatMessage message)
    {
        if (_thinking.Length == 0)
            return message;
        var thoughtful = message with { Thinking = _thinking };
        _thinking = "";
        return thoughtful;
    }

    /// <summary>A text, or parts that are put together.</summary>
    private static (string Text, ImmutableArray<ReadOnlyMemory<byte>> Images) Parts(JsonElement content, string place)
    {
        switch (content.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null:
                return ("", []);
            case JsonValueKind.String:
                return (content.GetString()!, []);
            case not JsonValueKind.Array:
                throw RequestException.Bad(
                    $"{place} must be a string or array: json: cannot unmarshal {RequestObject.Kind(content)} into Go value of type "
                        + "[]json.RawMessage");
        }

        var text = new StringBuilder();
        var images = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        foreach (var (index, part) in content.EnumerateArray().Index())
        {
            switch (part.TextAt("type"))
            {
                case "input_text" or "output_text":
                    text.Append(part.TextAt("text"));
                    break;
                case "input_image":
                    if (part.TextAt("image_url") is { Length: > 0 } url)
                        images.Add(ImageData.Read(url));
                    break;
                case "input_file":
                    throw RequestException.Bad("file inputs are not currently supported");
                case var type:
                    throw RequestException.Bad($"{place}[{index}]: unknown content type: {type}");
            }
        }

        return (text.ToString(), images.ToImmutable());
    }
}
