using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Status;

/// <summary>
/// Where the loop shows what it knows. One writer replaces the snapshot; anybody reads it. What is in memory is asked of the runtime
/// at the moment of reading, so that the answer is never older than the question.
/// </summary>
public sealed class StatusBoard(IModelRuntime runtime)
{
    internal const int ShownEvents = 256;

    private readonly ConcurrentDictionary<string, ModelPhase> _phases = new(StringComparer.Ordinal);

    private volatile BoardState _state = new(
        new DaemonStatus(), ImmutableDictionary<string, ModelName>.Empty, [], Converged: false, NewSignal());

    /// <summary>The status now.</summary>
    public DaemonStatus Current => Observe(_state);

    /// <summary>The status as it was written.</summary>
    internal DaemonStatus Stored => _state.Status;

    /// <summary>The newest events, oldest first.</summary>
    public ImmutableArray<EventRecord> Events => _state.Events;

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

    /// <summary>Shows where one model is while it is worked on, until the next status.</summary>
    internal void Show(string model, ModelPhase phase) => _phases[model] = phase;

    /// <summary>Shows a new status.</summary>
    /// <param name="status">All but what is in memory.</param>
    /// <param name="names">Complete names of the models by their short ones.</param>
    /// <param name="converged">Nothing is left to do for the accepted revision.</param>
    internal void Publish(DaemonStatus status, ImmutableDictionary<string, ModelName> names, bool converged)
    {
        _phases.Clear();
        Replace(state => state with { Status = status, Names = names, Converged = converged });
    }

    /// <summary>The last pass ended in an error: until a pass succeeds, what is shown may no longer hold.</summary>
    internal void Fail(string message, DateTimeOffset at) => Replace(
        state => state with { Fault = new Condition("Ready", Status: false, "PassFailed", message, state.Fault?.LastTransition ?? at) });

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
        var problems = runtime.Problems.ToDictionary(problem => problem.Name);
        var models = state.Status.Models
            .Select(model => state.Names.TryGetValue(model.Name, out var name)
                ? Observe(model, IsResident(model, name, resident), problems.GetValueOrDefault(name))
                : Observe(model, resident: false, problem: null))
            .ToImmutableArray();
        var pinnedResident = models.All(model => model.Residency != ResidencyMode.Always || model.Resident);
        var status = state.Status with
        {
            Models = models,
            Health = models.Select(model => model.Health).Append(state.Status.Health).Max(),
            Ready = state.Converged && pinnedResident,
            Runtime = runtime.Report,
            HandledRequest = state.HandledRequest,
        };
        return state.Fault is { } fault ? WithFault(status, fault) : status;
    }

    /// <summary>An alias is the same build, so it is the same engine, whichever name brought it into memory.</summary>
    private static bool IsResident(ModelStatus model, ModelName name, HashSet<ModelName> resident) =>
        resident.Contains(name) || model.Aliases.Any(text => ModelName.TryParse(text, out var alias) && resident.Contains(alias));

    private ModelStatus Observe(ModelStatus model, bool resident, ModelProblem? problem)
    {
        if (_phases.TryGetValue(model.Name, out var phase))
        {
            model = model with
            {
                Phase = phase,
                Health = model.Health == HealthState.Missing ? HealthState.Missing : HealthState.Progressing,
            };
        }

        var lost = model.Residency == ResidencyMode.Always && !resident && model.Health == HealthState.Healthy;
        if (problem is { Failures: > 0 } && !resident)
        {
            var health = model.Health == HealthState.Healthy ? HealthState.Degraded : model.Health;
            return model with { Resident = false, Health = health, Message = model.Message ?? TextOf(problem) };
        }

        return lost
            ? model with
            {
                Resident = false,
                Health = HealthState.Degraded,
                Message = model.Message ?? "declared always, but not in memory now; it is being loaded",
            }
            : model with { Resident = resident };
    }

    private static DaemonStatus WithFault(DaemonStatus status, Condition fault) => status with
    {
        Ready = false,
        Sync = SyncState.Unknown,
        Health = status.Health < HealthState.Degraded ? HealthState.Degraded : status.Health,
        LastError = fault.Message,
        Conditions = [fault, .. status.Conditions.Where(condition => condition.Type != fault.Type)],
    };

    private static string TextOf(ModelProblem problem) => problem.IsCrashLoop
        ? $"crash loop: its engine died {problem.Failures} times in a row, the last time because: {problem.Message}"
        : $"not in memory after {problem.Failures} failures in a row, the last one: {problem.Message}";

    private sealed record BoardState(
        DaemonStatus Status, ImmutableDictionary<string, ModelName> Names, ImmutableArray<EventRecord> Events, bool Converged,
        TaskCompletionSource Replaced)
    {
        /// <summary>Why the last pass threw; null when it did not.</summary>
        internal Condition? Fault { get; init; }

        internal string? HandledRequest { get; init; }
    }
}
