namespace ModelOps.Runtime.Scheduling;

/// <summary>The one arithmetic of memory: weights once, contexts each.</summary>
public static class MemoryLedger
{
    /// <summary>Bytes that the given profiles hold together.</summary>
    public static long Sum(IEnumerable<EngineDemand> demands)
    {
        var weights = new Dictionary<string, long>(StringComparer.Ordinal);
        var total = 0L;
        foreach (var demand in demands)
        {
            total += demand.ContextBytes;
            weights[demand.Weights] = Math.Max(weights.GetValueOrDefault(demand.Weights), demand.WeightsBytes);
        }

        return total + weights.Values.Sum();
    }
}
