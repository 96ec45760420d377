using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace ModelOps.Http.Reading;

/// <summary>The <c>keep_alive</c> field (2.9): seconds, or a duration such as <c>1h30m</c>; negative is for ever.</summary>
internal static class KeepAlive
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

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

    private static TimeSpan Parse(string text)
    {
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
            rest = rest[1..];
        if (rest is "0")
            return TimeSpan.Zero;
        if (rest.IsEmpty)
            throw Invalid(text);

        var total = 0.0;
        while (!rest.IsEmpty)
            total += Part(text, ref rest);
        if (total > LongestNanoseconds)
            throw Invalid(text);
        return OfNanoseconds(negative ? -total : total);
    }

    private static double Part(string text, ref ReadOnlySpan<char> rest)
    {
        var length = rest.IndexOfAnyExcept(NumberCharacters);
        var number = length < 0 ? rest : rest[..length];
        if (number.IsEmpty || number is "." || number.Count('.') > 1)
            throw Invalid(text);
        rest = rest[number.Length..];
        var end = rest.IndexOfAny(NumberCharacters);
        var unit = end < 0 ? rest : rest[..end];
        if (unit.IsEmpty)
            throw RequestException.Bad($"time: missing unit in duration {Quoted(text)}");
        rest = rest[unit.Length..];
        double scale = unit switch
        {
            "ns" => 1,
            "us" or "µs" or "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => throw RequestException.Bad($"time: unknown unit {Quoted(unit.ToString())} in duration {Quoted(text)}"),
        };
        return double.Parse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * scale;
    }

    private static RequestException Invalid(string text) => RequestException.Bad($"time: invalid duration {Quoted(text)}");

    private static string Quoted(string text) => $"\"{text}\"";

    private static TimeSpan OfNanoseconds(double nanoseconds) =>
        nanoseconds < 0 || nanoseconds >= LongestNanoseconds ? TimeSpan.MaxValue : TimeSpan.FromTicks((long)(nanoseconds / 100));
}
