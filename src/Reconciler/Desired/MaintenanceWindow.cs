namespace ModelOps.Reconciler.Desired;

/// <summary>A time that comes again, in which changes may be made or may not.</summary>
/// <param name="Kind">Which of both.</param>
/// <param name="Schedule">When it begins: five fields as cron has them.</param>
/// <param name="Duration">How long it lasts.</param>
public sealed record MaintenanceWindow(WindowKind Kind, string Schedule, TimeSpan Duration)
{
    /// <summary>IANA name of the zone that the schedule is in.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Whether a sync that a person asks for may make changes that the window forbids.</summary>
    public WindowKind Manual { get; init; } = WindowKind.Deny;
}

/// <summary>Two answers.</summary>
public enum WindowKind
{
    /// <summary>Changes may be made.</summary>
    Allow,

    /// <summary>They may not.</summary>
    Deny,
}

/// <summary>Git itself says that nothing is changed.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Until">When that ends by itself; null when it does not.</param>
public sealed record SuspendSpec(string Reason, DateTimeOffset? Until);
