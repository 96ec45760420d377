using System.Text.Json;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Reading;

/// <summary>The <c>think</c> field (5.9).</summary>
internal static class ThinkField
{
    private const string Forms = "\"high\", \"medium\", \"low\", \"max\", true, or false";

    internal static ThinkSetting Read(RequestObject request)
    {
        var value = request.Any("think");
        return value.ValueKind switch
        {
            JsonValueKind.Undefined => ThinkSetting.Unset,
            JsonValueKind.True => ThinkSetting.On,
            JsonValueKind.False => ThinkSetting.Off,
            JsonValueKind.String => Level(value.GetString()!),
            _ => throw RequestException.Bad($"think must be a boolean or string ({Forms})"),
        };
    }

    /// <summary>A level that is known to be one.</summary>
    internal static ThinkSetting OfLevel(string level) => new(IsSet: true, Enabled: true, level);

    private static ThinkSetting Level(string text) => text is "high" or "medium" or "low" or "max"
        ? OfLevel(text)
        : throw RequestException.Bad($"invalid think value: \"{text}\" (must be {Forms})");
}
