using System.Globalization;

namespace ModelOps.Http.Keys;

/// <summary>So much in each period: <c>60/min</c>, <c>1M/day</c>. A period begins with the first use after the last one ended.</summary>
/// <param name="Amount">At least 1.</param>
/// <param name="Period">A second, a minute, an hour or a day.</param>
public sealed record Quota(long Amount, TimeSpan Period)
{
    /// <summary>How a quota is written, for messages.</summary>
    public const string Form = "an amount and a period, such as 60/min, 5k/h or 1M/day";

    private static readonly (string Word, TimeSpan Period)[] s_periods =
    [
        ("s", TimeSpan.FromSeconds(1)), ("sec", TimeSpan.FromSeconds(1)), ("second", TimeSpan.FromSeconds(1)),
        ("min", TimeSpan.FromMinutes(1)), ("m", TimeSpan.FromMinutes(1)), ("minute", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)), ("hour", TimeSpan.FromHours(1)), ("day", TimeSpan.FromDays(1)), ("d", TimeSpan.FromDays(1)),
    ];

    private static readonly (string Suffix, double Factor)[] s_factors =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12),
        ("k", 1e3), ("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("B", 1), ("", 1),
    ];

    /// <summary>Reads one; null when it is none.</summary>
    public static Quota? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Split('/') is not [var amount, var unit])
            return null;
        var period = Array.Find(s_periods, known => known.Word == unit.Trim()).Period;
        return period > TimeSpan.Zero && AmountOf(amount.Trim()) is { } number ? new Quota(number, period) : null;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Amount.ToString(CultureInfo.InvariantCulture)}/{Array.Find(s_periods, known => known.Period == Period).Word}";

    private static long? AmountOf(string text)
    {
        var (suffix, factor) = Array.Find(s_factors, known => text.EndsWith(known.Suffix, StringComparison.Ordinal));
        return double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * factor is >= 1 and <= long.MaxValue / 2
            ? (long)(number * factor)
            : null;
    }
}
