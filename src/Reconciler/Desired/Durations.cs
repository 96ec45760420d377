using System.Buffers;
using System.Globalization;
using System.Text;

namespace ModelOps.Reconciler.Desired;

/// <summary>Durations as a models repository writes them: numbers with units, such as <c>90s</c>, <c>5m</c>, <c>1h30m</c>, <c>14d</c>.</summary>
public static class Durations
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly SearchValues<char> Letters = SearchValues.Create("mshd");

    /// <summary>Reads a duration; a number without a unit is none.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var seconds = 0.0;
        var rest = text.AsSpan();
        if (rest.IsEmpty)
            return false;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            rest = rest[digits..];
            var letters = rest.IndexOfAnyExcept(Letters);
            var unit = (letters < 0 ? rest : rest[..letters]).ToString();
            var known = Array.Find(Units, candidate => candidate.Unit == unit);
            if (known.Unit is null)
                return false;
            seconds += number * known.Seconds;
            rest = rest[unit.Length..];
        }

        if (seconds > TimeSpan.FromDays(36_500).TotalSeconds)
            return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Writes a duration in the shortest form that reads back the same.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0s";
        var text = new StringBuilder();
        Append(text, duration.Days, "d");
        Append(text, duration.Hours, "h");
        Append(text, duration.Minutes, "m");
        Append(text, duration.Seconds, "s");
        Append(text, duration.Milliseconds, "ms");
        return text.Length == 0 ? "1ms" : text.ToString();
    }

    private static void Append(StringBuilder text, int number, string unit)
    {
        if (number != 0)
            text.Append(CultureInfo.InvariantCulture, $"{number}{unit}");
    }
}
