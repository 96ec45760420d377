using System.Globalization;

namespace ModelOps.Http.Replies;

/// <summary>Moments and durations as the reference writes them (3.1).</summary>
internal static class ReplyTime
{
    private const int NanosecondsPerTick = 100;

    // What is left of the reference's longest duration: 2^63 nanoseconds.
    private static readonly TimeSpan Longest = TimeSpan.FromTicks(long.MaxValue / NanosecondsPerTick);

    /// <summary>RFC 3339 in UTC, without zeros at the end of the fraction.</summary>
    internal static string Utc(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>RFC 3339 in the server's own zone; "for ever" is a date in the 24th century.</summary>
    internal static string Local(DateTimeOffset moment, TimeProvider time)
    {
        var bounded = moment == DateTimeOffset.MaxValue ? time.GetUtcNow() + Longest : moment;
        var local = TimeZoneInfo.ConvertTime(bounded, time.LocalTimeZone);
        return local.Offset == TimeSpan.Zero
            ? Utc(local)
            : local.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);
    }

    internal static long Nanoseconds(TimeSpan duration) => duration.Ticks * NanosecondsPerTick;
}
