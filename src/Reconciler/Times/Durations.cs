using System.Globalization;
using System.Text;

namespace ModelOps.Reconciler.Times;

/// <summary>
/// Durations as a models repository writes them: numbers with units, such as <c>90s</c>, <c>5m</c>, <c>1h30m</c>, <c>14d</c>.
/// </summary>
public static class Durations
{
    private static readonly double s_mostSeconds = TimeSpan.FromDays(36_500).TotalSeconds;

    private static readonly Dictionary<string, double> s_units = new(StringComparer.Ordinal)
    {
        ["ms"] = 1e6, ["s"] = 1e9, ["m"] = 60e9, ["h"] = 3600e9, ["d"] = 86_400e9,
    };

    /// <summary>Reads a duration; a number without a unit is not one.</summary>
    public static bool TryParse(string text, out TimeSpan duration) => DurationText.Read(text, s_units).TryGet(s_mostSeconds, out duration);

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
        var milliseconds = (decimal)(duration.Ticks % TimeSpan.TicksPerSecond) / TimeSpan.TicksPerMillisecond;
        if (milliseconds != 0)
            text.Append(CultureInfo.InvariantCulture, $"{milliseconds:0.####}ms");
        return text.ToString();
    }

    private static void Append(StringBuilder text, int number, string unit)
    {
        if (number != 0)
            text.Append(CultureInfo.InvariantCulture, $"{number}{unit}");
    }
}
