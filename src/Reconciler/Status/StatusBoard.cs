using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Status;

/// <summary>
/// Where the loop shows what it knows. One writer replaces the snapshot; anybody reads it. What is in memory is asked of the runtime
/// at the moment of reading, so that the answer is never older than the question.
/// </summary>
public sealed class StatusBoard(IModelRuntime runtime, TimeProvider time)
{
    internal const int ShownEvents = 256;

    private readonly ConcurrentDictionary<string, OperationProgress> _operations = new(StringComparer.Ordinal);

    private readonly Transitions _transitions = new();

    private volatile BoardState _state = new(new DaemonStatus(), StatusFacts.None, [], NewSignal());

    /// <summary>The status now.</summary>
    public DaemonStatus Current => Observe(_state);

    /// <summary>The newest events, oldest first.</summary>
    public ImmutableArray<EventRecord> Events => _state.Events;

    /// <summary>The digests of a model as the accepted revision declares it; null when it declares none of that name.</summary>
    internal AttemptDigests? DigestsOf(string model) =>
        _state.Facts.FindModel(model) is { } declared ? AttemptDigests.Of(declared) : null;

    /// <summary>Events with a number above <paramref name="after"/>, now and as they come, until cancelled.</summary>
    public async IAsyncEnumerable<EventRecord> ReadEventsAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = _state;
            foreach (var item in state.Events.Where(item => item.Id > after))
            {
                after = item.Id;
                yield return item;
            }

            await state.Replaced.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Returns the first published status for which <paramref name="condition"/> holds.</summary>
    public async Task<DaemonStatus> WaitForAsync(Func<DaemonStatus, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = _state;
            var status = Observe(state);
            if (condition(status))
                return status;
            await state.Replaced.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Shows where one model is while it is worked on.</summary>
    internal void Begin(OperationProgress operation) => _operations[operation.Model.ShortName] = operation;

    /// <summary>The work on a model has ended.</summary>
    internal void End(OperationProgress operation) =>
        _operations.TryRemove(KeyValuePair.Create(operation.Model.ShortName, operation));

    /// <summary>The memory of a model is being worked on, and what it shows may be a part of that.</summary>
    internal bool IsBeingLoaded(string model) =>
        _operations.TryGetValue(model, out var operation) && operation.Phase is ModelPhase.Warming or ModelPhase.Gating;

    /// <summary>Shows a new status.</summary>
    /// <param name="status">All but what is in memory, and what follows from that.</param>
    /// <param name="facts">What it is judged by when it is read.</param>
    internal void Publish(DaemonStatus status, StatusFacts facts) =>
        Replace(state => state with { Status = status, Facts = facts });

    /// <summary>The last pass ended in an error: until a pass succeeds, what is shown may no longer hold.</summary>
    internal void Fail(string message) => Replace(state => state with { Fault = message });

    /// <summary>A request was handled.</summary>
    internal void Handled(string token) => Replace(state => state with { HandledRequest = token });

    /// <summary>A pass succeeded after one that did not.</summary>
    internal void Recover() => Replace(state => state with { Fault = null });

    /// <summary>Shows events, after those shown before.</summary>
    internal void Publish(params ReadOnlySpan<EventRecord> items)
    {
        var added = items.ToImmutableArray();
        Replace(state => state with { Events = [.. state.Events.AddRange(added).TakeLast(ShownEvents)] });
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Replace(Func<BoardState, BoardState> change)
    {
        BoardState before;
        BoardState after;
        do
        {
            before = _state;
            after = change(before) with { Replaced = NewSignal() };
        }
#pragma warning disable CS0420 // Interlocked is as volatile as it gets.
        while (Interlocked.CompareExchange(ref _state, after, before) != before);
#pragma warning restore CS0420
        before.Replaced.TrySetResult();
    }

    private DaemonStatus Observe(BoardState state)
    {
        var resident = runtime.Loaded.SelectMany(model => model.Names.Add(model.Name)).ToHashSet();
        var report = runtime.Report;
        var draining = report.Engines.Where(engine => engine is { DrainingSince: not null, Requests: > 0 })
            .SelectMany(engine => engine.Replaced.Select(name => (name, engine)))
            .DistinctBy(pair => pair.name, StringComparer.Ordinal)
            .ToDictionary(
                pair => pair.name, pair => new DrainStatus(pair.engine.DrainingSince!.Value, pair.engine.Requests), StringComparer.Ordinal);
        var problems = runtime.Problems.ToDictionary(problem => problem.Name);
        var names = state.Facts.Names;
        var models = state.Status.Models
            .Select(model => names.TryGetValue(model.Name, out var name)
                ? Observe(model, IsResident(model, name, resident), problems.GetValueOrDefault(name))
                : Observe(model, resident: false, problem: null))
            .Select(model => draining.GetValueOrDefault(model.Name) is { } drain
                ? model with
                {
                    Draining = drain with { Deadline = drain.Since + state.Facts.FindModel(model.Name)?.Spec.Rollout.Drain.Deadline },
                }
                : model)
            .ToImmutableArray();
        var status = state.Status with
        {
            Models = models,
            Health = models.Select(model => model.Health).Append(state.Status.Health).Max(),
            Serving = state.Facts.Serves
                && models.All(model => model.Residency != ResidencyMode.Always || model.Resident || model.ServedBuild is null),
            Runtime = report,
            HandledRequest = state.HandledRequest,
        };
        return Judge(state.Fault is { } fault ? WithFault(status, fault) : status, state);
    }

    private DaemonStatus Judge(DaemonStatus status, BoardState state)
    {
        var now = time.GetUtcNow();
        var drafts = state.Facts.Sources
            .Select(facts => (
                facts.Name,
                Conditions: Conditions.Of([.. status.Models.Where(model => model.Source == facts.Name)], facts, state.Fault, now)))
            .ToImmutableArray();
        ImmutableArray<SourceStatus> sources =
        [
            .. status.Sources.Zip(drafts, (source, own) => source with
            {
                Ready = own.Conditions[0].Status,
                Conditions = _transitions.Date(own.Name, own.Conditions, now),
            }),
        ];
        var conditions = _transitions.Date("", Conditions.Merge(drafts), now);
        return status with
        {
            Conditions = conditions,
            Ready = conditions[0].Status,
            Source = sources.FirstOrDefault(),
            Sources = sources,
        };
    }

    /// <summary>An alias is the same build, so it is the same engine, whichever name brought it into memory.</summary>
    private static bool IsResident(ModelStatus model, ModelName name, HashSet<ModelName> resident) =>
        resident.Contains(name) || model.Aliases.Any(text => ModelName.TryParse(text, out var alias) && resident.Contains(alias));

    private ModelStatus Observe(ModelStatus model, bool resident, ModelProblem? problem)
    {
        if (_operations.TryGetValue(model.Name, out var progress))
        {
            var operation = progress.Read();
            model = model with
            {
                Phase = operation.Phase,
                Operation = operation,
                Health = model.Health == HealthState.Missing ? HealthState.Missing : HealthState.Progressing,
            };
        }

        if (problem is { Failures: > 0 } && !resident)
            return Degraded(model, ConditionReason.WarmFailed, TextOf(problem));
        return model is { Residency: ResidencyMode.Always, Health: HealthState.Healthy } && !resident
            ? Degraded(model, ConditionReason.ResidencyLost, "declared always, but not in memory now; it is being loaded")
            : model with { Resident = resident };
    }

    /// <summary>Not in memory for a reason; what the last pass has against the model comes first.</summary>
    private static ModelStatus Degraded(ModelStatus model, ConditionReason reason, string message) => model with
    {
        Resident = false,
        Health = model.Health == HealthState.Healthy ? HealthState.Degraded : model.Health,
        Reason = model.Reason ?? reason,
        Message = model.Message ?? message,
    };

    private static DaemonStatus WithFault(DaemonStatus status, string fault) => status with
    {
        Sync = SyncState.Unknown,
        Health = status.Health < HealthState.Degraded ? HealthState.Degraded : status.Health,
        LastError = fault,
    };

    private static string TextOf(ModelProblem problem) => problem.IsCrashLoop
        ? $"crash loop: its engine died {problem.Failures} times in a row, the last time because: {problem.Message}"
        : $"not in memory after {problem.Failures} failures in a row, the last one: {problem.Message}";

    private sealed record BoardState(
        DaemonStatus Status, StatusFacts Facts, ImmutableArray<EventRecord> Events, TaskCompletionSource Replaced)
    {
        /// <summary>Why the last pass threw; null when it did not.</summary>
        internal string? Fault { get; init; }

        /// <summary>Token of the request that was handled last; null when none was.</summary>
        internal string? HandledRequest { get; init; }
    }
}
