using System.Collections.Immutable;

namespace ModelOps.Runtime.Scheduling;

/// <summary>The requests: who waits for an engine and what for, who runs, and who is refused. Pure.</summary>
/// <param name="options">Limits.</param>
/// <param name="fleet">The engines.</param>
/// <param name="pins">Which names are about to be served by another build.</param>
/// <param name="deaths">Engines that are not to be loaded yet.</param>
/// <param name="effects">Takes what the host must do.</param>
internal sealed class RequestDesk(
    SchedulerOptions options, EngineFleet fleet, PinBoard pins, EngineDeaths deaths, List<SchedulerEffect> effects)
{
    /// <summary>A loaded engine may have this many requests more than may wait: they use its slots.</summary>
    private const int MostSlots = 64;

    private readonly WaitingLine _waiting = new();
    private readonly Dictionary<long, string> _running = [];

    /// <summary>Requests that wait, and what for.</summary>
    internal bool IsWaiting => _waiting.Count > 0;

    internal ImmutableArray<WaitingView> Waiting =>
        [.. _waiting.Select(View)];

    /// <summary>When the requests that wait are refused at the latest.</summary>
    internal IEnumerable<DateTimeOffset> Deadlines => _waiting.Select(request => request.Deadline);

    /// <summary>No more requests of this name for this engine are taken.</summary>
    internal bool IsFullFor(EngineDemand demand, EngineClaim claim) => fleet.Find(demand.Profile) is { Phase: EnginePhase.Ready } engine
        ? engine.Requests >= options.MaxQueue + MostSlots
        : _waiting.Count >= options.MaxQueue
            || (PauseOf(claim, demand) is { MaxWaiting: { } most } change && CountWaiting(change) >= most);

    internal void Add(long request, EngineDemand demand, EngineClaim claim, DateTimeOffset now)
    {
        var wait = PauseOf(claim, demand)?.MaxWait is { } limit && limit < options.MaxWait ? limit : options.MaxWait;
        _waiting.Add(new WaitingRequest(request, demand, claim, now, now + wait));
    }

    /// <summary>Requests that wait for the end of a change.</summary>
    internal int CountWaiting(Handover change) => _waiting.Count(change.Replaces);

    /// <summary>Some request waits only because of a change.</summary>
    internal bool IsHeldBy(Handover change) => _waiting.Any(request => change.Replaces(request) && IsHeld(request));

    /// <summary>Some request waits for this profile.</summary>
    internal bool Wants(string profile) => _waiting.WantsAny(profile);

    /// <summary>A request that runs ended, or one that waits gave up.</summary>
    internal void Finish(long request, DateTimeOffset now)
    {
        if (_running.Remove(request, out var profile))
            fleet.Find(profile)?.Release(now);
        else if (_waiting.Remove(request) is { } gone)
            CancelUnwantedLoad(gone.Demand.Profile);
    }

    /// <summary>An engine is gone, and the requests on it fail by themselves.</summary>
    internal void Forget(string profile)
    {
        foreach (var request in _running.Where(run => run.Value == profile).Select(run => run.Key).ToList())
            _running.Remove(request);
    }

    internal void Refuse(long request, Refusal reason) => effects.Add(new SchedulerEffect.Refuse(request, reason));

    /// <summary>Refuses one that has not waited yet.</summary>
    internal void RefuseFull(long request, EngineDemand demand, EngineClaim claim)
    {
        // A loaded engine that has too many is full of itself.
        var change = fleet.Find(demand.Profile) is { Phase: EnginePhase.Ready } ? null : PauseOf(claim, demand);
        Refuse(request, BecauseOf(change, new Refusal.QueueFull()));
    }

    /// <summary>Refuses some of those that wait; what is loaded only for them is given up.</summary>
    internal void RefuseWaiting(Predicate<WaitingRequest> which, Func<WaitingRequest, Refusal> why)
    {
        var refused = _waiting.Where(request => which(request)).ToList();
        refused.ForEach(request => Refuse(request.Id, why(request)));
        _waiting.RemoveWhere(refused.Contains);
        refused.ForEach(request => CancelUnwantedLoad(request.Demand.Profile));
    }

    /// <summary>Refuses requests that waited too long.</summary>
    internal void RefuseLate(DateTimeOffset now) =>
        RefuseWaiting(
            request => request.Deadline <= now,
            request => BecauseOf(PauseOf(request.Claim, request.Demand), new Refusal.TimedOut(ReasonOf(request))));

    /// <summary>Gives up a load that no request waits for.</summary>
    internal void CancelUnwantedLoad(string profile)
    {
        if (!Wants(profile))
            fleet.CancelLoad(profile);
    }

    /// <summary>Requests run whose engine is there. One that needs nothing else does not wait for others.</summary>
    internal void Grant(DateTimeOffset now) => _waiting.RemoveWhere(request => TryGrant(request, now));

    /// <summary>Loads what those need that wait, or refuses them.</summary>
    /// <param name="blocked">Something else waits for memory already, and must not be overtaken.</param>
    /// <param name="now">The time.</param>
    internal void Serve(bool blocked, DateTimeOffset now) => _waiting.RemoveWhere(request => TryServe(request, ref blocked, now));

    private static Refusal BecauseOf(Handover? change, Refusal refusal)
    {
        change?.Refuse();
        return refusal with { IsOfChange = change is not null };
    }

    /// <returns>True when its engine serves it from now on.</returns>
    private bool TryGrant(WaitingRequest request, DateTimeOffset now)
    {
        if (fleet.Find(request.Demand.Profile) is not { Phase: EnginePhase.Ready } engine)
            return false;

        _running.Add(request.Id, request.Demand.Profile);
        engine.Use(request.Claim, now);
        effects.Add(new SchedulerEffect.Grant(request.Id, request.Demand.Profile));
        return true;
    }

    /// <summary>Once one waits for memory, later ones must not overtake it.</summary>
    /// <returns>True when it waits no longer, since it was refused.</returns>
    private bool TryServe(WaitingRequest request, ref bool blocked, DateTimeOffset now)
    {
        if (fleet.Has(request.Demand.Profile))
            return false;

        if (deaths.Bars(request.Demand.Profile, now) is { } loop)
        {
            Refuse(request.Id, new Refusal.Crashed(loop, loop.NotBefore - now));
            return true;
        }

        if (blocked || IsHeld(request) || fleet.MustWait(request.Demand.Profile))
            return false;

        if (fleet.Room.NeverFits(request.Demand) is { } refusal)
        {
            Refuse(request.Id, refusal);
            return true;
        }

        blocked = !fleet.TryLoad(request.Demand, request.Claim, now);
        return false;
    }

    /// <summary>Its name is about to be served by another build, and this one may not be beside it, or does not fit.</summary>
    private bool IsHeld(WaitingRequest request) =>
        PauseOf(request.Claim, request.Demand) is { } handover
        && (handover.DrainFirst || !fleet.Room.FitsBeside(handover.Target, request.Demand));

    /// <summary>The change that may leave a name without an engine for a while; null when there is none.</summary>
    private Handover? PauseOf(EngineClaim claim, EngineDemand demand) =>
        pins.HandoverFrom(claim.Owner, demand.Profile) is { OnlyBeside: false } handover ? handover : null;

    private WaitingView View(WaitingRequest request) =>
        new(request.Id, request.Claim.Owner, ReasonOf(request), request.Since, request.Deadline);

    private WaitReason ReasonOf(WaitingRequest request) => fleet.Find(request.Demand.Profile) switch
    {
        { Phase: EnginePhase.Loading } => WaitReason.Loading,
        not null => WaitReason.Restart,
        null => IsHeld(request) || fleet.MustWait(request.Demand.Profile) ? WaitReason.Update : WaitReason.Memory,
    };
}
