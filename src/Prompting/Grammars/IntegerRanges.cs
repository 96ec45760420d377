using System.Globalization;
using System.Numerics;

namespace ModelOps.Prompting.Grammars;

/// <summary>Whole numbers between bounds as a rule over digits.</summary>
internal static class IntegerRanges
{
    /// <summary>Digits behind the first of a number without an upper bound.</summary>
    private const int MostDigits = 15;

    /// <summary>Body of a rule; both bounds included, null for none.</summary>
    internal static string Of(BigInteger? least, BigInteger? most)
    {
        var parts = new List<string>();
        if (least is null || least < 0)
        {
            var to = least is null ? null : -least;
            var from = most is null || most >= 0 ? BigInteger.One : -most.Value;
            if (to is null || to >= from)
                parts.Add($"\"-\" ({NotNegative(from, to)})");
        }

        if (most is null || most >= 0)
            parts.Add(NotNegative(least is null || least < 0 ? BigInteger.Zero : least.Value, most));
        return string.Join(" | ", parts);
    }

    private static string NotNegative(BigInteger least, BigInteger? most)
    {
        var parts = new List<string>();
        if (most is null)
        {
            var digits = Text(least).Length;
            parts.Add(SameLength(Text(least), new string('9', digits)));
            parts.Add($"[1-9] [0-9]{{{digits},{Math.Max(digits, MostDigits)}}}");
            return string.Join(" | ", parts);
        }

        for (var length = Text(least).Length; length <= Text(most.Value).Length; length++)
        {
            var from = BigInteger.Max(least, length == 1 ? 0 : BigInteger.Pow(10, length - 1));
            var to = BigInteger.Min(most.Value, BigInteger.Pow(10, length) - 1);
            parts.Add(SameLength(Text(from), Text(to)));
        }

        return string.Join(" | ", parts);
    }

    private static string SameLength(string from, string to)
    {
        if (from.Length == 0)
            return "\"\"";
        if (from.All(digit => digit == '0') && to.All(digit => digit == '9'))
            return Digits(from.Length);
        if (from[0] == to[0])
            return from.Length == 1 ? $"\"{from}\"" : $"\"{from[0]}\" ({SameLength(from[1..], to[1..])})";
        if (from.Length == 1)
            return $"[{from}-{to}]";
        var rest = from.Length - 1;
        var parts = new List<string>();
        var (low, high) = (from[0], to[0]);
        var isLowWhole = from[1..].All(digit => digit == '0');
        var isHighWhole = to[1..].All(digit => digit == '9');
        if (!isLowWhole)
            parts.Add($"\"{low}\" ({SameLength(from[1..], new string('9', rest))})");
        var (first, last) = (isLowWhole ? low : (char)(low + 1), isHighWhole ? high : (char)(high - 1));
        if (first <= last)
            parts.Add($"[{first}-{last}] {Digits(rest)}");
        if (!isHighWhole)
            parts.Add($"\"{high}\" ({SameLength(new string('0', rest), to[1..])})");
        return string.Join(" | ", parts);
    }

    private static string Digits(int count) => count == 1 ? "[0-9]" : $"[0-9]{{{count}}}";

    private static string Text(BigInteger value) => value.ToString(CultureInfo.InvariantCulture);
}
