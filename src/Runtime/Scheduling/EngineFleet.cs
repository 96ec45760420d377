using System.Diagnostics.CodeAnalysis;

namespace ModelOps.Runtime.Scheduling;

/// <summary>The engines in memory, or on their way in or out, and what may be done with them. Pure.</summary>
internal sealed class EngineFleet
{
    /// <summary>Less than this part of what an engine can use is not worth lending.</summary>
    private const int LeastLent = 4;

    private readonly Dictionary<string, EngineSlot> _engines = new(StringComparer.Ordinal);
    private readonly SchedulerOptions _options;
    private readonly PinBoard _pins;
    private readonly Measurements _measurements;
    private readonly List<SchedulerEffect> _effects;

    /// <param name="options">Limits.</param>
    /// <param name="pins">The engines that must stay.</param>
    /// <param name="measurements">What engines measured of themselves.</param>
    /// <param name="effects">Takes what the host must do.</param>
    internal EngineFleet(SchedulerOptions options, PinBoard pins, Measurements measurements, List<SchedulerEffect> effects)
    {
        (_options, _pins, _measurements, _effects) = (options, pins, measurements, effects);
        Room = new MemoryRoom(options, pins, _engines, measurements);
    }

    /// <summary>The memory that they share.</summary>
    internal MemoryRoom Room { get; }

    internal Dictionary<string, EngineSlot>.ValueCollection All => _engines.Values;

    internal bool Has(string profile) => _engines.ContainsKey(profile);

    internal EngineSlot? Find(string profile) => _engines.GetValueOrDefault(profile);

    internal bool Remove(string profile, [NotNullWhen(true)] out EngineSlot? engine) => _engines.Remove(profile, out engine);

    /// <summary>Engines that leave when their idle time is over.</summary>
    internal IEnumerable<EngineSlot> Idle => All.Where(engine => engine.IsIdle && !IsKept(engine));

    internal bool IsPinned(EngineSlot engine) => _pins.IsPinned(engine.Demand.Profile);

    internal bool IsKept(EngineSlot engine) => _pins.IsKept(engine.Demand.Profile);

    internal bool IsServing(string profile) => Find(profile) is { Phase: EnginePhase.Ready };

    /// <summary>Loads an engine when there is room for it; else those leave that must leave for it.</summary>
    /// <returns>False when it waits for memory.</returns>
    internal bool TryLoad(EngineDemand demand, EngineClaim claim, DateTimeOffset now)
    {
        if (!Room.Fits(demand))
        {
            // What was lent comes back before anybody leaves; where that is not enough, both happen at once.
            if (AskBack(() => Room.WillFit(demand)))
                return false;
            Evict(Room.VictimsFor(demand, now));
            return false;
        }

        _engines.Add(demand.Profile, new EngineSlot(_measurements.Known(demand), claim, claim.KeepAlive ?? _options.KeepAlive, now));
        _effects.Add(new SchedulerEffect.Load(demand));
        return true;
    }

    /// <summary>Aborts a load, unless it was aborted before or is over, or must stay.</summary>
    internal void CancelLoad(string profile)
    {
        if (Find(profile) is not { Phase: EnginePhase.Loading, CancelRequested: false } engine || IsKept(engine))
            return;

        engine.Cancel();
        _effects.Add(new SchedulerEffect.CancelLoad(profile));
    }

    /// <summary>Engines leave whose idle time is over, and those that are too much for the budget.</summary>
    internal void DrainIdle(DateTimeOffset now)
    {
        foreach (var engine in Idle.Where(engine => engine.ExpiresAt <= now))
            engine.Drain();

        if (!AskBack(() => Room.SoonFree >= 0))
            Evict(Room.VictimsOfOverdraft(now));
    }

    /// <summary>Lends what nobody needs to those that can use it, the one that was used last first.</summary>
    internal void LendFree()
    {
        foreach (var engine in All.Where(engine => engine is { Phase: EnginePhase.Ready, Lent: 0, Demand.MostLent: > 0 })
            .OrderByDescending(engine => engine.LastUsed).ThenBy(engine => engine.Demand.Profile, StringComparer.Ordinal).ToList())
        {
            var bytes = Math.Min(engine.Demand.MostLent, Room.Free);
            if (bytes < engine.Demand.MostLent / LeastLent)
                continue;
            engine.Lend(bytes);
            _effects.Add(new SchedulerEffect.Lend(engine.Demand.Profile, bytes));
        }
    }

    /// <summary>Asks back what was lent, from the one that was not used longest, until that is enough.</summary>
    /// <returns>True when it is enough once it is back.</returns>
    private bool AskBack(Func<bool> isEnough)
    {
        foreach (var engine in All
            .Where(engine => engine is { Lent: > 0, GivesBack: false, Phase: EnginePhase.Ready or EnginePhase.Draining })
            .OrderBy(engine => engine.LastUsed).ThenBy(engine => engine.Demand.Profile, StringComparer.Ordinal).ToList())
        {
            if (isEnough())
                return true;
            engine.AskBack();
            _effects.Add(new SchedulerEffect.Lend(engine.Demand.Profile, 0));
        }

        return isEnough();
    }

    /// <summary>Frees what leaves and has no request any more.</summary>
    internal void FreeDrained()
    {
        foreach (var engine in All.Where(engine => engine is { Phase: EnginePhase.Draining, Requests: 0 }))
        {
            engine.Free();
            _effects.Add(new SchedulerEffect.Unload(engine.Demand.Profile));
        }
    }

    /// <summary>A name is served by one profile: it lets go of all others.</summary>
    internal void ReleaseOthers(string owner, string profile)
    {
        foreach (var engine in All.Where(engine => engine.Demand.Profile != profile))
            engine.LoseOwner(owner, IsKept(engine));
    }

    /// <summary>How many engines went on their way out with requests on them.</summary>
    internal int DrainsBegun { get; private set; }

    /// <summary>Remembers since when engines are on their way out.</summary>
    internal void NoteDraining(DateTimeOffset now)
    {
        foreach (var engine in All)
            DrainsBegun += engine.NoteDraining(now) ? 1 : 0;
    }

    /// <summary>An engine that serves names of a change takes no more requests for them.</summary>
    internal bool HasLeft(Handover handover) => !handover.OnlyBeside && All.Any(
        engine => engine.Phase is EnginePhase.Draining or EnginePhase.Unloading
            && engine.Owners.Exists(owner => handover.Replaces(owner, engine.Demand.Profile)));

    /// <summary>A new build that may not come into memory before the one that it replaces has left.</summary>
    internal bool MustWait(string profile) => _pins.Handovers.Any(
        handover => handover.DrainFirst && handover.Target.Profile == profile && HasLeft(handover));

    /// <summary>Engines that must stay again, and have not gone yet, stay.</summary>
    internal void KeepProtected()
    {
        foreach (var engine in All.Where(
            engine => engine.Phase is EnginePhase.Draining && !engine.IsSpoiled && _pins.IsProtected(engine.Demand.Profile)))
            engine.Stay();
    }

    private void Evict(IEnumerable<EngineSlot> victims)
    {
        foreach (var victim in victims)
        {
            victim.Drain();
            _effects.Add(new SchedulerEffect.Evict(victim.Demand.Profile));
        }
    }
}
