using System.Numerics;
using System.Text.Json;

namespace ModelOps.Prompting.Grammars;

/// <summary>Bounds of numbers. Whole numbers are exact; other numbers may have bounds that are whole.</summary>
internal static class NumberBounds
{
    /// <summary>The least and the most whole number a schema allows.</summary>
    internal static (BigInteger? Least, BigInteger? Most) WholeOf(JsonElement schema, string path)
    {
        BigInteger? least = null, most = null;
        if (Bound(schema, "minimum", path) is { } minimum)
            least = (BigInteger)Math.Ceiling(minimum);
        if (Bound(schema, "exclusiveMinimum", path) is { } above)
            least = Larger(least, (BigInteger)Math.Floor(above) + 1);
        if (Bound(schema, "maximum", path) is { } maximum)
            most = (BigInteger)Math.Floor(maximum);
        if (Bound(schema, "exclusiveMaximum", path) is { } below)
            most = Smaller(most, (BigInteger)Math.Ceiling(below) - 1);
        return least > most ? throw new SchemaException("maximum", path, $"no whole number lies from {least} to {most}") : (least, most);
    }

    /// <summary>A rule for numbers between bounds, or null without bounds.</summary>
    internal static string? RuleOf(JsonElement schema, string path)
    {
        var (minimum, maximum) = (Bound(schema, "minimum", path), Bound(schema, "maximum", path));
        var (above, below) = (Bound(schema, "exclusiveMinimum", path), Bound(schema, "exclusiveMaximum", path));
        if (minimum is null && maximum is null && above is null && below is null)
            return null;
        foreach (var (keyword, bound) in new[]
        {
            ("minimum", minimum), ("maximum", maximum), ("exclusiveMinimum", above), ("exclusiveMaximum", below),
        })
        {
            if (bound is { } value && value != Math.Floor(value))
                throw new SchemaException(keyword, path, "of a number must be whole to be enforced; use a whole bound, or type integer");
        }

        var isLowOpen = above is not null && (minimum is null || above >= minimum);
        var isHighOpen = below is not null && (maximum is null || below <= maximum);
        BigInteger? low = isLowOpen ? (BigInteger)above!.Value : minimum is { } from ? (BigInteger)from : null;
        BigInteger? high = isHighOpen ? (BigInteger)below!.Value : maximum is { } to ? (BigInteger)to : null;
        var parts = new List<string>();
        AddNotNegative(parts, "", low is null || low < 0 ? BigInteger.Zero : low, high, isLowOpen && low >= 0, isHighOpen);
        AddNotNegative(
            parts, "\"-\" ", high is null || high > 0 ? BigInteger.Zero : -high, low is null ? null : -low, isHighOpen && high <= 0,
            isLowOpen);
        return parts.Count > 0
            ? $"({string.Join(" | ", parts)})"
            : throw new SchemaException("maximum", path, "no number lies between the bounds");
    }

    /// <summary>Numbers of one sign by their amount: whole parts with any fraction, and the bounds themselves.</summary>
    private static void AddNotNegative(
        List<string> parts, string sign, BigInteger? least, BigInteger? most, bool isLeastOpen, bool isMostOpen)
    {
        const string Fraction = "(\".\" [0-9]{1,15})?";
        const string More = "\".\" [0-9]{0,14} [1-9]";
        if (most < 0 || most < least)
            return;
        var low = least!.Value;
        var first = isLeastOpen ? low + 1 : low;
        if (most is null || first <= most - 1)
            parts.Add($"{sign}({IntegerRanges.Of(first, most - 1)}) {Fraction}");
        if (isLeastOpen && (most is null || low < most))
            parts.Add($"{sign}\"{low}\" {More}");
        if (!isMostOpen && most is { } bound && bound >= first)
            parts.Add($"{sign}\"{bound}\" (\".\" \"0\"{{1,4}})?");
    }

    private static decimal? Bound(JsonElement schema, string keyword, string path)
    {
        if (!schema.TryGetProperty(keyword, out var value))
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && Math.Abs(number) < 1e18m
            ? number
            : throw new SchemaException(keyword, path, "must be a number below 10^18 in amount");
    }

    private static BigInteger Larger(BigInteger? first, BigInteger second) => first is { } known && known > second ? known : second;

    private static BigInteger Smaller(BigInteger? first, BigInteger second) => first is { } known && known < second ? known : second;
}
