namespace ModelOps.Runtime.Scheduling;

/// <summary>The order in which engines leave for others: idle ones first, then least recently used, then what is cheap to load again.</summary>
internal static class Eviction
{
    internal static IEnumerable<EngineSlot> InOrder(IEnumerable<EngineSlot> engines) => engines
        .OrderBy(engine => engine.Requests > 0)
        .ThenBy(engine => engine.LastUsed)
        .ThenBy(engine => engine.Demand.WeightsBytes + engine.Demand.ContextBytes);
}
