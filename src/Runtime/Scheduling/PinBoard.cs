namespace ModelOps.Runtime.Scheduling;

/// <summary>What must be in memory: pinned profiles, and builds that are about to take over. Pure.</summary>
internal sealed class PinBoard
{
    private readonly Dictionary<string, PinState> _pins = new(StringComparer.Ordinal);
    private readonly List<Handover> _handovers = [];

    /// <summary>Pinned profiles, those that go first in front.</summary>
    internal IEnumerable<PinState> ByPriority => _pins.Values.OrderByDescending(pin => pin.Pin.Priority);

    /// <summary>Declared to be always in memory.</summary>
    internal bool IsPinned(string profile) => _pins.ContainsKey(profile);

    /// <summary>Has no idle time: pinned, or about to take over.</summary>
    internal bool IsKept(string profile) => IsPinned(profile) || IsTarget(profile);

    /// <summary>Is not evicted: kept, and not giving way to its successor.</summary>
    internal bool IsProtected(string profile) =>
        IsTarget(profile) || (_pins.TryGetValue(profile, out var pin) && !GivesWay(pin));

    internal PinState? Find(string profile) => _pins.GetValueOrDefault(profile);

    /// <summary>Every name that it is pinned for is about to be served by another build.</summary>
    internal bool GivesWay(PinState pin) =>
        _handovers.Exists(handover =>
            !handover.OnlyBeside && pin.Owners.TrueForAll(owner => handover.Replaces(owner, pin.Pin.Demand.Profile)));

    /// <summary>The engine serves a name that is about to be served by another build.</summary>
    internal bool GivesWay(EngineSlot engine) =>
        !IsProtected(engine.Demand.Profile)
        && engine.Owners.Exists(owner => HandoverFrom(owner, engine.Demand.Profile) is { OnlyBeside: false });

    /// <summary>The engine serves a name that another build may take over beside it only.</summary>
    internal bool MustStay(EngineSlot engine) =>
        engine.Owners.Exists(owner => HandoverFrom(owner, engine.Demand.Profile) is { OnlyBeside: true });

    /// <summary>The build may be loaded beside those that it replaces only.</summary>
    internal bool IsOnlyBeside(string profile) =>
        _handovers.Exists(handover => handover.OnlyBeside && handover.Target.Profile == profile);

    /// <summary>Builds that take names over now.</summary>
    internal IReadOnlyList<Handover> Handovers => _handovers;

    /// <summary>The change under this name; null when there is none.</summary>
    internal Handover? FindHandover(string warm) => _handovers.Find(known => known.Warm == warm);

    /// <summary>The change that takes a name away from a profile.</summary>
    internal Handover? HandoverFrom(string owner, string profile) => _handovers.Find(handover => handover.Replaces(owner, profile));

    /// <summary>What is reserved for others: protected profiles other than <paramref name="profile"/>.</summary>
    internal IEnumerable<EngineDemand> ReservedBeside(string profile) =>
        _pins.Values.Where(pin => !GivesWay(pin)).Select(pin => pin.Pin.Demand)
            .Concat(_handovers.Select(handover => handover.Target))
            .Where(demand => demand.Profile != profile).DistinctBy(demand => demand.Profile);

    /// <summary>Replaces the pins; what was pinned before keeps its history.</summary>
    /// <returns>Profiles that were pinned before.</returns>
    internal HashSet<string> Set(IEnumerable<Pin> pins)
    {
        var old = new Dictionary<string, PinState>(_pins, StringComparer.Ordinal);
        _pins.Clear();
        foreach (var pin in pins.OrderByDescending(pin => pin.Priority).ThenBy(pin => pin.Owner, StringComparer.Ordinal))
        {
            if (!_pins.TryGetValue(pin.Demand.Profile, out var state))
            {
                state = old.TryGetValue(pin.Demand.Profile, out var known) ? known : new PinState();
                state.Pin = pin;
                state.Owners.Clear();
                _pins.Add(pin.Demand.Profile, state);
            }

            state.Owners.Add(pin.Owner);
        }

        return [.. old.Keys];
    }

    internal void Begin(Handover handover)
    {
        End(handover.Warm);
        _handovers.Add(handover);
    }

    internal Handover? End(string warm)
    {
        var handover = FindHandover(warm);
        if (handover is not null)
            _handovers.Remove(handover);
        return handover;
    }

    private bool IsTarget(string profile) => _handovers.Exists(handover => handover.Target.Profile == profile);
}
