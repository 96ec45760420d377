namespace ModelOps.Reconciler.Times;

/// <summary>
/// Durations as the reference's requests and environment and our flags write them: <c>1h30m</c>, <c>300ms</c>, <c>-1.5h</c>, <c>0</c>.
/// </summary>
public static class GoDuration
{
    private static readonly double s_mostSeconds = TimeSpan.MaxValue.TotalSeconds / 2;

    private static readonly Dictionary<string, double> s_units = new(StringComparer.Ordinal)
    {
        ["ns"] = 1, ["us"] = 1e3, ["µs"] = 1e3, ["μs"] = 1e3, ["ms"] = 1e6, ["s"] = 1e9, ["m"] = 60e9, ["h"] = 3600e9,
    };

    /// <summary>What the text says. Negative durations are negative.</summary>
    public static DurationText Read(string text)
    {
        var rest = text.AsSpan();
        var isNegative = rest is ['-', ..];
        if (rest is ['-' or '+', ..])
            rest = rest[1..];
        if (rest is "0")
            return new DurationText.Known(0);
        var read = DurationText.Read(rest, s_units);
        return isNegative && read is DurationText.Known known ? new DurationText.Known(-known.Nanoseconds) : read;
    }

    /// <summary>Reads a duration; false when it is not one.</summary>
    public static bool TryParse(string text, out TimeSpan duration) => Read(text).TryGet(s_mostSeconds, out duration);
}
