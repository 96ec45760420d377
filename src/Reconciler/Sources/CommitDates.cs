using System.Globalization;

namespace ModelOps.Reconciler.Sources;

/// <summary>Commit dates: their authors can write any number there, and nothing but what people see depends on it.</summary>
internal static class CommitDates
{
    // A day from either end, so that the time can be shown in any zone.
    private static readonly long s_earliest = DateTimeOffset.MinValue.AddDays(1).ToUnixTimeSeconds();
    private static readonly long s_latest = DateTimeOffset.MaxValue.AddDays(-1).ToUnixTimeSeconds();

    /// <summary>
    /// Seconds since 1970, brought into the range of the calendar; null for what is no number, as of a commit without a committer.
    /// </summary>
    internal static DateTimeOffset? Parse(string seconds) =>
        Int128.TryParse(seconds.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? DateTimeOffset.FromUnixTimeSeconds((long)Int128.Clamp(value, s_earliest, s_latest))
            : null;
}
