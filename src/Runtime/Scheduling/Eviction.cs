namespace ModelOps.Runtime.Scheduling;

/// <summary>Chooses who leaves memory for another one. Pure.</summary>
/// <remarks>
/// Idle engines go before busy ones, what gives way to its successor before other busy ones, lower priority before higher. Among equals
/// the one goes first whose reload costs least for the time that it was not used: a byte that was unused for an hour is cheaper to
/// give up than one that was used a second ago.
/// </remarks>
internal static class Eviction
{
    /// <summary>
    /// The fewest engines, in that order, without which <paramref name="fits"/> holds; null when it does not hold even without all of them.
    /// </summary>
    /// <param name="candidates">Engines that may leave.</param>
    /// <param name="staying">All engines that stay for now, the candidates included.</param>
    /// <param name="pins">Knows which engines give way.</param>
    /// <param name="fits">Whether the demand fits beside some engines.</param>
    /// <param name="now">The time.</param>
    internal static List<EngineSlot>? Choose(
        IEnumerable<EngineSlot> candidates,
        IEnumerable<EngineSlot> staying,
        PinBoard pins,
        Func<IEnumerable<EngineSlot>, bool> fits,
        DateTimeOffset now)
    {
        var left = staying.ToList();
        var users = left.CountBy(engine => engine.Demand.Weights, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var victims = new List<EngineSlot>();
        foreach (var victim in InOrder(candidates, pins, users, now).ToList())
        {
            if (fits(left))
                break;
            left.Remove(victim);
            victims.Add(victim);
        }

        if (!fits(left))
            return null;

        // A large victim may have made smaller ones needless: the most valuable are spared first.
        for (var at = victims.Count - 1; at >= 0; at--)
        {
            left.Add(victims[at]);
            if (fits(left))
                victims.RemoveAt(at);
            else
                left.RemoveAt(left.Count - 1);
        }

        return victims;
    }

    private static IEnumerable<EngineSlot> InOrder(
        IEnumerable<EngineSlot> engines, PinBoard pins, Dictionary<string, int> users, DateTimeOffset now) => engines
        .OrderBy(engine => pins.GivesWay(engine) ? 1 : engine.Requests > 0 ? 2 : 0)
        .ThenBy(engine => engine.Priority)
        .ThenBy(engine => CostOfReload(engine, users) / (1 + Math.Max(0, (now - engine.LastUsed).TotalSeconds)))
        .ThenBy(engine => engine.LastUsed)
        .ThenBy(engine => engine.Demand.Profile, StringComparer.Ordinal);

    /// <summary>Weights that another engine holds anyway need not be read again.</summary>
    private static double CostOfReload(EngineSlot engine, Dictionary<string, int> users) =>
        engine.Demand.ContextBytes + (users.GetValueOrDefault(engine.Demand.Weights) > 1 ? 0 : engine.Demand.WeightsBytes);
}
