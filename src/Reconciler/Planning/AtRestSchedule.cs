using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Times;

namespace ModelOps.Reconciler.Planning;

/// <summary>When files are read again. Pure.</summary>
internal static class AtRestSchedule
{
    /// <summary>What was missed for longer than this is not made up for.</summary>
    internal static readonly TimeSpan Horizon = TimeSpan.FromDays(31);

    /// <summary>Whether the schedule names a minute after one time, up to another.</summary>
    internal static bool IsDue(AtRestSpec spec, DateTimeOffset after, DateTimeOffset now)
    {
        if (spec.Schedule is not { } text)
            return false;
        var zone = TimeZoneInfo.FindSystemTimeZoneById(spec.TimeZone);
        var schedule = CronSchedule.Parse(text);
        var from = after < now - Horizon ? now - Horizon : after;
        var minute = from.ToUniversalTime().AddTicks(-(from.Ticks % TimeSpan.TicksPerMinute)).AddMinutes(1);
        for (; minute <= now; minute = minute.AddMinutes(1))
        {
            if (schedule.Names(TimeZoneInfo.ConvertTime(minute, zone).DateTime))
                return true;
        }

        return false;
    }
}
