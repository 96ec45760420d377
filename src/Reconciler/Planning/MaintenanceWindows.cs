using System.Collections.Immutable;
using System.Globalization;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Times;

namespace ModelOps.Reconciler.Planning;

/// <summary>Changes may not be made now.</summary>
/// <param name="Message">Why, and from when on they may.</param>
/// <param name="Opens">When they may; null when that is further away than it was looked for.</param>
/// <param name="AllowsManual">A person may ask for them all the same.</param>
internal sealed record ClosedWindow(string Message, DateTimeOffset? Opens, bool AllowsManual);

/// <summary>
/// Whether maintenance windows let changes be made: none that denies is open, and one that allows is, where there are such. Pure.
/// </summary>
internal static class MaintenanceWindows
{
    /// <summary>How far it is looked for a time at which changes may be made.</summary>
    internal static readonly TimeSpan Horizon = TimeSpan.FromDays(8);

    /// <summary>Null when changes may be made.</summary>
    internal static ClosedWindow? Closed(ImmutableArray<MaintenanceWindow> windows, DateTimeOffset now)
    {
        if (windows.IsEmpty)
            return null;
        var times = windows.Select(window => (Window: window, Spans: SpansOf(window, now).ToArray())).ToArray();
        if (IsOpen(times, now))
            return null;
        var opens = times.SelectMany(entry => entry.Spans).SelectMany(span => new[] { span.Start, span.End })
            .Where(time => time > now && IsOpen(times, time))
            .Order()
            .Cast<DateTimeOffset?>()
            .FirstOrDefault();
        var denying = times.Where(entry => entry.Window.Kind == WindowKind.Deny && IsIn(entry.Spans, now)).ToArray();
        var deciding = denying.Length > 0 ? denying : [.. times.Where(entry => entry.Window.Kind == WindowKind.Allow)];
        var manual = denying.Length > 0
            ? deciding.All(entry => entry.Window.Manual == WindowKind.Allow)
            : deciding.Any(entry => entry.Window.Manual == WindowKind.Allow);
        return new ClosedWindow(MessageOf(denying.Length > 0 ? denying[0].Window : null, opens, manual), opens, manual);
    }

    private static string MessageOf(MaintenanceWindow? denying, DateTimeOffset? opens, bool allowsManual)
    {
        var why = denying is null
            ? "no maintenance window is open"
            : $"the window '{denying.Schedule}' ({denying.TimeZone}) forbids changes";
        var when = opens is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"they are made from {time.UtcDateTime:yyyy-MM-dd HH:mm} UTC on")
            : string.Create(CultureInfo.InvariantCulture, $"they are not made in the next {Horizon.Days} days");
        return $"{why}; {when}{(allowsManual ? ", or at once with 'modelops sync'" : "")}";
    }

    private static bool IsOpen((MaintenanceWindow Window, (DateTimeOffset Start, DateTimeOffset End)[] Spans)[] times, DateTimeOffset at) =>
        !times.Any(entry => entry.Window.Kind == WindowKind.Deny && IsIn(entry.Spans, at))
        && (times.All(entry => entry.Window.Kind == WindowKind.Deny)
            || times.Any(entry => entry.Window.Kind == WindowKind.Allow && IsIn(entry.Spans, at)));

    private static bool IsIn((DateTimeOffset Start, DateTimeOffset End)[] spans, DateTimeOffset at) =>
        spans.Any(span => span.Start <= at && at < span.End);

    /// <summary>The times that a window has from now on, the one that it is in included.</summary>
    private static IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> SpansOf(MaintenanceWindow window, DateTimeOffset now)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(window.TimeZone);
        var schedule = CronSchedule.Parse(window.Schedule);
        var minute = now.ToUniversalTime() - window.Duration;
        minute = minute.AddTicks(-(minute.Ticks % TimeSpan.TicksPerMinute));
        for (var last = now + Horizon; minute <= last; minute += TimeSpan.FromMinutes(1))
        {
            if (schedule.Names(TimeZoneInfo.ConvertTime(minute, zone).DateTime))
                yield return (minute, minute + window.Duration);
        }
    }
}
