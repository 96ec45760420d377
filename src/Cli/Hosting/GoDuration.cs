using System.Globalization;

namespace ModelOps.Cli.Hosting;

/// <summary>Durations as the reference's environment and our flags write them: <c>1h30m</c>, <c>300ms</c>, <c>1.5h</c>.</summary>
internal static class GoDuration
{
    private static readonly (string Unit, double Seconds)[] Units =
        [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("μs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Reads a duration; false when it is none. Negative ones are negative.</summary>
    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var sign = 1;
        if (rest is ['-' or '+', ..])
        {
            sign = rest[0] == '-' ? -1 : 1;
            rest = rest[1..];
        }

        if (rest is "0")
            return true;
        if (rest.IsEmpty)
            return false;
        double seconds = 0;
        while (!rest.IsEmpty)
        {
            var digits = 0;
            while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.'))
                digits++;
            if (!double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            rest = rest[digits..];
            var letters = 0;
            while (letters < rest.Length && !char.IsAsciiDigit(rest[letters]) && rest[letters] != '.')
                letters++;
            var unit = rest[..letters].ToString();
            if (Array.FindIndex(Units, known => known.Unit == unit) is not (>= 0 and var index))
                return false;
            seconds += number * Units[index].Seconds;
            rest = rest[letters..];
        }

        if (seconds > TimeSpan.MaxValue.TotalSeconds / 2)
            return false;
        duration = TimeSpan.FromSeconds(sign * seconds);
        return true;
    }
}
