namespace ModelOps.ModelStore.Verification;

/// <summary>What may be removed.</summary>
public sealed record GarbageOptions
{
    /// <summary>
    /// A blob or temporary file younger than this stays: a program may be about to use it. An hour protects from programs that do not
    /// know our lock.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A download that was not continued for this long is given up.</summary>
    public TimeSpan PartialRetention { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Only report; remove nothing.</summary>
    public bool DryRun { get; init; }
}
