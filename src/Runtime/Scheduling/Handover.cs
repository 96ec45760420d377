using System.Collections.Immutable;

namespace ModelOps.Runtime.Scheduling;

/// <summary>A build is about to take over names from the builds that serve them now.</summary>
/// <param name="Warm">Name that the new build is loaded under meanwhile.</param>
/// <param name="Target">The new build's engine; it is not evicted.</param>
/// <param name="Names">
/// Names to take over. Where both builds do not fit, the engines of the old one give way, pinned or not, and requests for these names wait.
/// </param>
internal sealed record Handover(string Warm, EngineDemand Target, ImmutableArray<string> Names)
{
    internal bool Replaces(string owner, string profile) =>
        profile != Target.Profile && Names.Contains(owner, StringComparer.OrdinalIgnoreCase);
}
