namespace ModelOps.Runtime.Scheduling;

/// <summary>Waits that double with every failure.</summary>
public static class Backoff
{
    private const int MostDoublings = 30;

    /// <summary>The first wait, doubled the given number of times, and never longer than the longest.</summary>
    public static TimeSpan Of(TimeSpan first, TimeSpan longest, int doublings) =>
        TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, first.TotalSeconds * Math.Pow(2, Math.Min(doublings, MostDoublings))));
}
