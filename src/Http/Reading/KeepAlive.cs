using System.Text.Json;
using ModelOps.Reconciler.Times;

namespace ModelOps.Http.Reading;

/// <summary>The <c>keep_alive</c> field (2.9): seconds, or a duration such as <c>1h30m</c>; negative is for ever.</summary>
internal static class KeepAlive
{
    private const double LongestNanoseconds = long.MaxValue;

    internal static TimeSpan? Read(RequestObject request)
    {
        var value = request.Any("keep_alive");
        return value.ValueKind switch
        {
            JsonValueKind.Undefined => null,
            JsonValueKind.Number => OfNanoseconds(value.GetDouble() * 1e9),
            JsonValueKind.String => Parse(value.GetString()!),
            JsonValueKind.True or JsonValueKind.False => throw Unsupported("bool"),
            JsonValueKind.Array => throw Unsupported("[]interface {}"),
            _ => throw Unsupported("map[string]interface {}"),
        };
    }

    private static RequestException Unsupported(string type) => RequestException.Bad($"Unsupported type: '{type}'");

    private static TimeSpan Parse(string text) => GoDuration.Read(text) switch
    {
        DurationText.Known { Nanoseconds: >= -LongestNanoseconds and <= LongestNanoseconds } known => OfNanoseconds(known.Nanoseconds),
        DurationText.NoUnit => throw RequestException.Bad($"time: missing unit in duration {Quoted(text)}"),
        DurationText.UnknownUnit unknown =>
            throw RequestException.Bad($"time: unknown unit {Quoted(unknown.Unit)} in duration {Quoted(text)}"),
        _ => throw Invalid(text),
    };

    private static RequestException Invalid(string text) => RequestException.Bad($"time: invalid duration {Quoted(text)}");

    private static string Quoted(string text) => $"\"{text}\"";

    private static TimeSpan OfNanoseconds(double nanoseconds) =>
        nanoseconds < 0 || nanoseconds >= LongestNanoseconds ? TimeSpan.MaxValue : TimeSpan.FromTicks((long)(nanoseconds / 100));
}
