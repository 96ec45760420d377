using System.Collections.Immutable;

namespace ModelOps.Runtime.Scheduling;

/// <summary>A build is about to take over names from the builds that serve them now.</summary>
/// <param name="warm">Name that the new build is loaded under meanwhile.</param>
/// <param name="target">The new build's engine; it is not evicted.</param>
/// <param name="names">
/// Names to take over. Where both builds do not fit, the engines of the old one give way, pinned or not, and requests for these names wait.
/// </param>
internal sealed class Handover(string warm, EngineDemand target, params ImmutableArray<string> names)
{
    internal string Warm => warm;

    internal EngineDemand Target => target;

    /// <summary>The old engines leave even where both fit.</summary>
    internal bool DrainFirst { get; init; }

    /// <summary>The old engines do not give way, pinned or not.</summary>
    internal bool OnlyBeside { get; init; }

    /// <summary>Most requests that may wait for the names; null where only the scheduler's own limit holds.</summary>
    internal int? MaxWaiting { get; init; }

    /// <summary>Longest wait of one of them; null where only the scheduler's own limit holds.</summary>
    internal TimeSpan? MaxWait { get; init; }

    /// <summary>Since when nothing answers for the names; null while the old engine does.</summary>
    internal DateTimeOffset? PausedSince { get; private set; }

    /// <summary>Requests that were refused meanwhile.</summary>
    internal int Refused { get; private set; }

    internal bool Replaces(string owner, string profile) =>
        profile != target.Profile && names.Contains(owner, StringComparer.OrdinalIgnoreCase);

    /// <summary>A request for one of the names that the new engine does not serve.</summary>
    internal bool Replaces(WaitingRequest request) => Replaces(request.Claim.Owner, request.Demand.Profile);

    /// <summary>Nothing answers for the names from now on.</summary>
    internal void BeginPause(DateTimeOffset now) => PausedSince ??= now;

    /// <summary>A request for the names was refused.</summary>
    internal void Refuse() => Refused++;

    /// <summary>What the pause was, when the change ends; null when there was none.</summary>
    /// <param name="waiting">Requests that wait for that.</param>
    /// <param name="now">The time.</param>
    internal TakeoverPause? PauseAt(int waiting, DateTimeOffset now) => PausedSince is not { } since
        ? null
        : new TakeoverPause(now < since ? TimeSpan.Zero : now - since, waiting, Refused);
}
