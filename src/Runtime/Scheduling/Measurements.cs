namespace ModelOps.Runtime.Scheduling;

/// <summary>What engines measured of themselves, so that the next load of a profile is planned with it. Pure.</summary>
internal sealed class Measurements
{
    private const int Kept = 64;

    private readonly Dictionary<string, EngineDemand> _estimates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EngineDemand> _measured = new(StringComparer.Ordinal);

    /// <summary>The demand with the bytes that were measured, where they were.</summary>
    internal EngineDemand Known(EngineDemand demand) => _measured.TryGetValue(demand.Profile, out var measured)
        ? demand with { WeightsBytes = measured.WeightsBytes, ContextBytes = measured.ContextBytes }
        : demand;

    /// <summary>What the arithmetic said of a profile that was measured since.</summary>
    internal EngineDemand? EstimateOf(string profile) => _estimates.GetValueOrDefault(profile);

    internal void Take(EngineDemand estimate, EngineDemand measured)
    {
        // Clients choose contexts, so there may be any number of profiles; few are in use at a time.
        if (_measured.Count >= Kept && !_measured.ContainsKey(measured.Profile))
        {
            _measured.Clear();
            _estimates.Clear();
        }

        _estimates.TryAdd(estimate.Profile, estimate);
        _measured[measured.Profile] = measured;
    }
}
