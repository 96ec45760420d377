namespace ModelOps.Runtime.Scheduling;

/// <summary>
/// The budget: what fits beside what is there, who must leave for it, and what never will fit, all with the bytes that are known by now.
/// Pure.
/// </summary>
internal sealed class MemoryRoom(SchedulerOptions options, PinBoard pins, Dictionary<string, EngineSlot> engines, Measurements measurements)
{
    /// <summary>The demand fits beside all that is there.</summary>
    internal bool Fits(EngineDemand demand) => Fits(engines.Values.Select(engine => engine.Held), demand);

    /// <summary>The demand fits as soon as everything is back that was asked back.</summary>
    internal bool WillFit(EngineDemand demand) => Fits(engines.Values.Select(engine => engine.HeldSoon), demand);

    /// <summary>Bytes of the budget that nobody holds; negative when more is held than allowed.</summary>
    internal long Free => options.MemoryBudget - MemoryLedger.Sum(engines.Values.Select(engine => engine.Held));

    /// <summary>The same, once everything is back that was asked back.</summary>
    internal long SoonFree => options.MemoryBudget - MemoryLedger.Sum(engines.Values.Select(engine => engine.HeldSoon));

    /// <summary>The demand fits even when <paramref name="other"/> is there too.</summary>
    internal bool FitsBeside(EngineDemand other, EngineDemand demand)
    {
        var held = engines.Values.Select(engine => engine.Demand);
        return Fits(engines.ContainsKey(other.Profile) ? held : held.Append(measurements.Known(other)), demand);
    }

    /// <summary>Why a demand cannot fit even when everything that may leave is gone; null when it can.</summary>
    internal Refusal.NeverFits? NeverFits(EngineDemand demand)
    {
        var reserved = Reserved(demand.Profile).ToList();
        if (pins.IsOnlyBeside(demand.Profile))
        {
            var staying = engines.Values.Where(pins.MustStay).Select(engine => engine.Demand);
            reserved = [.. reserved.Concat(staying).DistinctBy(other => other.Profile)];
        }

        var together = MemoryLedger.Sum(reserved.Append(measurements.Known(demand)));
        if (together <= options.MemoryBudget)
            return null;
        var alone = MemoryLedger.Sum(reserved);
        return new Refusal.NeverFits(together - alone, Math.Max(0, options.MemoryBudget - alone));
    }

    /// <summary>Why a pin cannot be loaded beside the other pins that are in memory; null when it can.</summary>
    internal string? ProblemOf(Pin pin)
    {
        var others = Reserved(pin.Demand.Profile).Where(other => engines.ContainsKey(other.Profile));
        var together = MemoryLedger.Sum(others.Append(measurements.Known(pin.Demand)));
        return together > options.MemoryBudget
            ? $"does not fit: {together} bytes needed with the other pinned models, {options.MemoryBudget} allowed"
            : null;
    }

    /// <summary>The engines that must leave so that a demand fits; none when that would not help yet.</summary>
    internal IReadOnlyList<EngineSlot> VictimsFor(EngineDemand demand, DateTimeOffset now)
    {
        var staying = Staying();
        return Eviction.Choose(Evictable(staying), staying, pins, left => Fits(left.Select(engine => engine.Demand), demand), now) ?? [];
    }

    /// <summary>
    /// An engine turned out larger than it was thought: the idle ones that must leave so that all is within the budget again, or all of
    /// them.
    /// </summary>
    internal IReadOnlyList<EngineSlot> VictimsOfOverdraft(DateTimeOffset now)
    {
        var staying = Staying();
        if (IsWithin(staying))
            return [];
        var idle = Evictable(staying).Where(engine => engine.IsIdle).ToList();
        return Eviction.Choose(idle, staying, pins, IsWithin, now) ?? idle;
    }

    private IEnumerable<EngineDemand> Reserved(string profile) => pins.ReservedBeside(profile).Select(measurements.Known);

    /// <summary>What leaves anyway counts as gone, so that no more is evicted than needed.</summary>
    private List<EngineSlot> Staying() => [.. engines.Values.Where(engine => engine.Phase is EnginePhase.Loading or EnginePhase.Ready)];

    private IEnumerable<EngineSlot> Evictable(IEnumerable<EngineSlot> staying) =>
        staying.Where(engine => engine.Phase is EnginePhase.Ready && !pins.IsProtected(engine.Demand.Profile) && !pins.MustStay(engine));

    private bool IsWithin(IEnumerable<EngineSlot> held) => MemoryLedger.Sum(held.Select(engine => engine.Demand)) <= options.MemoryBudget;

    private bool Fits(IEnumerable<EngineDemand> others, EngineDemand demand)
    {
        var held = others.ToList();
        if (MemoryLedger.Sum(held.Append(measurements.Known(demand))) > options.MemoryBudget)
            return false;
        if (options.MaxLoadedWeights == 0 || pins.IsKept(demand.Profile))
            return true;
        var weights = held.Where(other => !pins.IsKept(other.Profile)).Select(other => other.Weights)
            .Append(demand.Weights).Distinct(StringComparer.Ordinal).Count();
        return weights <= options.MaxLoadedWeights;
    }
}
