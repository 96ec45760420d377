using System.Globalization;
using System.Text.Json;
using ModelOps.Templates.Chat;
using ModelOps.Templates.GoTemplates;

namespace ModelOps.Templates.Tests.GoTemplates;

/// <summary>Inputs of the recorded cases, which have the shape of a chat request.</summary>
internal static class ConformanceInput
{
    internal static GoTemplateInput Read(JsonElement json) => new()
    {
        Messages = json.TryGetProperty("messages", out var messages) ? [.. messages.EnumerateArray().Select(Message)] : default,
        Tools = json.TryGetProperty("tools", out var tools) ? [.. tools.EnumerateArray().Select(tool => new Tool(tool.Clone()))] : default,
        Prompt = Text(json, "prompt"),
        Suffix = Text(json, "suffix"),
        Think = json.TryGetProperty("think", out var think) ? Think(think) : ThinkSetting.Unset,
    };

    /// <summary>The marks of a recorded text as dates.</summary>
    internal static string Dated(string text, DateOnly today) => text
        .Replace("@TODAY@", Date(today), StringComparison.Ordinal)
        .Replace("@YESTERDAY@", Date(today.AddDays(-1)), StringComparison.Ordinal);

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static ThinkSetting Think(JsonElement think) => think.ValueKind switch
    {
        JsonValueKind.True => ThinkSetting.On,
        JsonValueKind.False => ThinkSetting.Off,
        _ => new ThinkSetting(true, true, think.GetString()!),
    };

    private static ChatMessage Message(JsonElement json) => new(Text(json, "role").ToLowerInvariant(), Text(json, "content"))
    {
        Thinking = Text(json, "thinking"),
        ToolName = Text(json, "tool_name"),
        ToolCallId = Text(json, "tool_call_id"),
        Images = json.TryGetProperty("images", out var images)
            ? [.. images.EnumerateArray().Select(image => (ReadOnlyMemory<byte>)image.GetBytesFromBase64())]
            : [],
        ToolCalls = json.TryGetProperty("tool_calls", out var calls) ? [.. calls.EnumerateArray().Select(Call)] : [],
    };

    private static ToolCall Call(JsonElement json)
    {
        var function = json.GetProperty("function");
        return new ToolCall(
            Text(json, "id"),
            function.TryGetProperty("index", out var index) ? index.GetInt32() : 0,
            Text(function, "name"),
            function.TryGetProperty("arguments", out var arguments) ? arguments.Clone() : default);
    }
}
