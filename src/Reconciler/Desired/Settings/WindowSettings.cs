using ModelOps.Reconciler.Settings;
using ModelOps.Reconciler.Times;

namespace ModelOps.Reconciler.Desired.Settings;

/// <summary>The fields of a maintenance window.</summary>
internal static class WindowSettings
{
    private static readonly WordKind<WindowKind> s_words = new(("allow", WindowKind.Allow), ("deny", WindowKind.Deny));

    internal static TextKind<string> Schedule { get; } = new("a schedule such as 0 8 * * MON-FRI")
    {
        Parse = text => text,
        Write = text => text,
        Problem = text => CronSchedule.ProblemOf(text) is { } problem
            ? new SettingProblem(
                "DS1025", $"'{SettingCheck.Short(text)}' is no schedule: {problem}",
                "write minute, hour, day of the month, month and day of the week, such as \"0 8 * * MON-FRI\"")
            : null,
    };

    internal static TextKind<string> TimeZone { get; } = new("a time zone such as Europe/Berlin")
    {
        Parse = text => text,
        Write = text => text,
        Problem = text => TimeZoneInfo.TryFindSystemTimeZoneById(text, out var found) && found.HasIanaId
            ? null
            : new SettingProblem(
                "DS1026", $"'{SettingCheck.Short(text)}' is no time zone that this machine knows",
                "write an IANA name such as Europe/Berlin, or UTC; on a machine without time zones install tzdata"),
    };

    internal static SettingTable<MaintenanceWindow> Table { get; } = new(
        new MaintenanceWindow(WindowKind.Deny, "", TimeSpan.Zero),
        [new SettingGroup("", "A time that comes again, in which changes may be made or may not.")],
        [
            Setting<MaintenanceWindow>.Of(
                "kind", s_words,
                "allow: changes are made in such windows only; deny: none are made in this one. A window that denies wins.",
                window => window.Kind, (window, value, _) => window with { Kind = value }) with
            {
                Required = true,
            },
            Setting<MaintenanceWindow>.Of(
                "schedule", Schedule, "When it begins, as cron has it: minute, hour, day of the month, month, day of the week.",
                window => window.Schedule, (window, value, _) => window with { Schedule = value }) with
            {
                Required = true,
            },
            Setting<MaintenanceWindow>.Of(
                "duration", new DurationKind(TimeSpan.FromMinutes(1)) { Maximum = TimeSpan.FromDays(7) }, "How long it lasts, 7d at most.",
                window => window.Duration == TimeSpan.Zero ? null : window.Duration,
                (window, value, _) => window with { Duration = value }) with
            {
                Required = true,
            },
            Setting<MaintenanceWindow>.Of(
                "timeZone", TimeZone, "Zone of the schedule.", window => window.TimeZone,
                (window, value, _) => window with { TimeZone = value }),
            Setting<MaintenanceWindow>.Of(
                "manual", s_words, "Whether 'modelops sync' makes the changes all the same.", window => window.Manual,
                (window, value, _) => window with { Manual = value }),
        ]);
}
