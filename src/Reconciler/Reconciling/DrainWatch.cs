using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Tells of answers on replaced builds that go on for longer than their deadline, when it is over. They come to their end all the same.
/// </summary>
internal sealed class DrainWatch : IDisposable
{
    private readonly IModelRuntime _runtime;
    private readonly FollowedSources _sources;
    private readonly ManagedNames _managed;
    private readonly EventLog _events;
    private readonly TimeProvider _time;
    private readonly ITimer _due;
    private readonly Lock _turn = new();
    private readonly HashSet<(ModelName Model, DateTimeOffset Since)> _told = [];

    internal DrainWatch(IModelRuntime runtime, FollowedSources sources, ManagedNames managed, EventLog events, TimeProvider time)
    {
        (_runtime, _sources, _managed, _events, _time) = (runtime, sources, managed, events, time);
        _due = time.CreateTimer(_ => Look(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Dispose() => _due.Dispose();

    /// <summary>Any thread calls it: when something changed in memory, by every pass, and when a deadline is over.</summary>
    internal void Look()
    {
        lock (_turn)
        {
            var now = _time.GetUtcNow();
            var next = Timeout.InfiniteTimeSpan;
            var open = new HashSet<(ModelName, DateTimeOffset)>();
            foreach (var engine in _runtime.Report.Engines.Where(engine => engine is { Phase: EnginePhase.Draining, Requests: > 0 }))
            {
                foreach (var text in engine.Replaced)
                {
                    if (engine.DrainingSince is not { } since || _sources.FindModel(ModelName.Parse(text)) is not var (source, model)
                        || !open.Add((model.Name, since)))
                    {
                        continue;
                    }

                    var deadline = model.Spec.Rollout.Drain.Deadline;
                    var left = since + deadline - now;
                    if (left <= TimeSpan.Zero)
                        Tell(source, (model.Name, since), deadline, engine.Requests);
                    else
                        next = Earlier(next, left < deadline ? left : deadline);
                }
            }

            _told.IntersectWith(open);
            _due.Change(next, Timeout.InfiniteTimeSpan);
        }
    }

    private static TimeSpan Earlier(TimeSpan next, TimeSpan left) => next == Timeout.InfiniteTimeSpan || left < next ? left : next;

    private void Tell(FollowedSource source, (ModelName Model, DateTimeOffset Since) drain, TimeSpan deadline, int requests)
    {
        if (!_told.Add(drain))
            return;
        var answers = requests == 1 ? "1 answer still runs" : $"{requests} answers still run";
        _events.Add(new NewEvent(
            EventKind.DrainTimeout,
            $"{answers} on the replaced build of {drain.Model.PlainName}, longer than its deadline of {Durations.Format(deadline)}; "
            + "none is cut")
        {
            Model = drain.Model,
            Source = source.Name,
            Revision = _managed.Find(drain.Model)?.Revision ?? "",
        });
    }
}
