using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>Tells of answers on replaced builds that go on for longer than their deadline. They come to their end all the same.</summary>
internal sealed class DrainWatch(
    IModelRuntime runtime, FollowedSources sources, ManagedNames managed, EventLog events, TimeProvider time)
{
    private static readonly TimeSpan s_often = TimeSpan.FromSeconds(2);

    private readonly HashSet<(ModelName Model, DateTimeOffset Since)> _told = [];

    /// <summary>How long until the next look; null when no build ends.</summary>
    internal TimeSpan? NextLook { get; private set; }

    /// <summary>Called by every pass.</summary>
    internal void Look()
    {
        var now = time.GetUtcNow();
        var open = new HashSet<(ModelName, DateTimeOffset)>();
        foreach (var engine in runtime.Report.Engines.Where(engine => engine is { Phase: EnginePhase.Draining, Requests: > 0 }))
        {
            foreach (var text in engine.Replaced)
            {
                if (engine.DrainingSince is not { } since || sources.FindModel(ModelName.Parse(text)) is not var (source, model)
                    || !open.Add((model.Name, since)))
                {
                    continue;
                }

                var deadline = model.Spec.Rollout.Drain.Deadline;
                if (now - since < deadline || !_told.Add((model.Name, since)))
                    continue;
                var requests = engine.Requests == 1 ? "1 answer still runs" : $"{engine.Requests} answers still run";
                events.Add(new NewEvent(
                    EventKind.DrainTimeout,
                    $"{requests} on the replaced build of {model.Name.PlainName}, longer than its deadline of "
                    + $"{Durations.Format(deadline)}; none is cut")
                {
                    Model = model.Name,
                    Source = source.Name,
                    Revision = managed.Find(model.Name)?.Revision ?? "",
                });
            }
        }

        _told.IntersectWith(open);
        NextLook = open.Count == 0 ? null : s_often;
    }
}
