using System.Text;
using System.Text.Json;
using ModelOps.Http.Reading;

namespace ModelOps.Http.Anthropic;

/// <summary>
/// A guess at the tokens of a request, a quarter of its bytes: a stream begins with a count although the prompt's real one comes with
/// its end.
/// </summary>
internal static class TokenEstimate
{
    private const int BytesPerToken = 4;

    internal static int Of(RequestObject body)
    {
        var messages = body.Objects("messages", "anthropic.MessageParam");
        var tools = body.Objects("tools", "anthropic.Tool");
        var bytes = Content(body.Any("system"));
        if (!messages.IsDefault)
            bytes += messages.Sum(message => Text(message.Text("role")) + Content(message.Any("content")));
        if (!tools.IsDefault)
            bytes += tools.Sum(tool => Text(tool.Text("name")) + Text(tool.Text("description")) + Raw(tool.Any("input_schema")));
        return Math.Max(bytes / BytesPerToken, 1);
    }

    private static int Content(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => Text(content.GetString()),
        JsonValueKind.Array => content.EnumerateArray().Sum(Block),
        _ => 0,
    };

    private static int Block(JsonElement block) => Text(block.TextAt("text")) + block.TextAt("type") switch
    {
        "thinking" => Text(block.TextAt("thinking")),
        "tool_use" => Text(block.TextAt("name")) + Raw(block.At("input")),
        "tool_result" => Content(block.At("content")),
        _ => 0,
    };

    private static int Text(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    private static int Raw(JsonElement json) => json.ValueKind == JsonValueKind.Undefined ? 0 : Text(json.GetRawText());
}
