using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>
/// The work that goes on: on each model one operation at most, a bounded number at once, dependencies first, removals last. A pass says
/// what is wanted now; what is not wanted any more is cancelled, and nobody waits for anything.
/// </summary>
internal sealed class Operations(ExecutionTools tools)
{
    // Operations that only wait for a server do not count, up to a number that no set reaches.
    private const int MostAtWork = 64;
    private const int Most = 1024;

    private readonly Lock _turn = new();
    private readonly Dictionary<ModelName, Operation> _running = [];
    private readonly HashSet<ModelName> _blocked = [];
    private List<Queued> _queue = [];
    private List<Queued> _admitted = [];
    private ImmutableArray<EndedOperation> _ended = [];
    private bool _isStopping;

    /// <summary>Called on any thread when one has ended.</summary>
    internal Action Ended { get; set; } = () => { };

    /// <summary>Nothing goes on or waits for its turn.</summary>
    internal bool IsIdle
    {
        get
        {
            lock (_turn)
                return _running.Count == 0 && _queue.Count == 0;
        }
    }

    /// <summary>All that goes on waits for a server or for clients.</summary>
    internal bool IsOnlyWaiting
    {
        get
        {
            lock (_turn)
                return _queue.Count == 0 && !_running.Values.Any(IsAtWork);
        }
    }

    /// <summary>What has ended since the last call, in order.</summary>
    internal ImmutableArray<EndedOperation> TakeEnded()
    {
        lock (_turn)
        {
            var ended = _ended;
            _ended = [];
            return ended;
        }
    }

    /// <summary>Whether something goes on, waits for its turn, or has ended and was not taken in yet.</summary>
    /// <param name="model">Of this model only; null for all.</param>
    /// <param name="source">Of this source only; null for all.</param>
    internal bool IsWorkedOn(ModelName? model, string? source)
    {
        bool Is(ModelName name, string of) => (model is null || name == model) && (source is null || of == source);
        lock (_turn)
        {
            return _running.Values.Any(operation => Is(operation.Model, operation.Source))
                || _queue.Exists(queued => Is(queued.Plan.Model, queued.Owner.Desired.Source))
                || _ended.Any(ended => Is(ended.Operation.Model, ended.Operation.Source))
                || (source is null && _blocked.Any(name => model is null || name == model));
        }
    }

    /// <summary>
    /// Says what is wanted now. Operations that lead elsewhere are cancelled; what is new waits for <see cref="Start"/>.
    /// </summary>
    /// <param name="works">What is due, of each source that is not suspended; no model is in two of them.</param>
    /// <returns>What was not wanted by the call before.</returns>
    internal ImmutableArray<Queued> Admit(ImmutableArray<PlannedWork> works)
    {
        lock (_turn)
        {
            foreach (var operation in _running.Values.Where(operation => !IsWanted(operation, works)))
                operation.Cancel();
            var before = _queue.DistinctBy(queued => queued.Key).ToDictionary(queued => queued.Key);
            _queue = [];
            _admitted = [];
            var added = ImmutableArray.CreateBuilder<Queued>();
            foreach (var work in works)
            {
                foreach (var plan in work.Plan.Models.Where(plan => !plan.Steps.IsEmpty))
                {
                    var queued = new Queued(plan, work);
                    if (_blocked.Contains(plan.Model) || IsUnderWay(queued))
                        continue;
                    _admitted.Add(queued);
                    if (!before.TryGetValue(queued.Key, out var known) || !known.IsSame(queued))
                        added.Add(queued);
                }
            }

            return added.ToImmutable();
        }
    }

    /// <summary>Begins what was admitted, as far as there is room; the rest begins as room comes.</summary>
    internal void Start()
    {
        lock (_turn)
        {
            _queue.AddRange(_admitted
                .OrderBy(queued => queued.IsRemoval)
                .ThenByDescending(queued => queued.Plan.Planned?.Policy.Residency == ResidencyMode.Always)
                .ThenByDescending(queued => queued.Plan.Planned?.Policy.Priority)
                .ThenBy(queued => queued.Plan.Model.FullName, StringComparer.Ordinal));
            _admitted = [];
            StartNext();
        }
    }

    /// <summary>When this returns, nothing that goes on changes what the model serves; what waits is admitted anew.</summary>
    internal void Cancel(ModelName model)
    {
        lock (_turn)
        {
            _queue.RemoveAll(queued => queued.Plan.Model == model);
            _running.GetValueOrDefault(model)?.Cancel();
        }
    }

    /// <summary>The same for all models of a source; null for those of all sources.</summary>
    internal void CancelAll(string? source)
    {
        lock (_turn)
        {
            _queue.RemoveAll(queued => source is null || queued.Owner.Desired.Source == source);
            foreach (var operation in _running.Values.Where(operation => source is null || operation.Source == source))
                operation.Cancel();
        }
    }

    /// <summary>Ends what goes on with a model, and begins nothing with it before the work is done.</summary>
    /// <returns>
    /// To be called when what came of the work is written down: until then the model is told as worked on, so that what the status said
    /// before is not taken for what is.
    /// </returns>
    internal async Task<Action> AloneAsync(ModelName model, Func<Task> work)
    {
        Task? before;
        var progress = new OperationProgress(model, "", "", tools.Time.GetUtcNow(), tools.Time);
        lock (_turn)
        {
            _blocked.Add(model);
            Cancel(model);
            before = _running.GetValueOrDefault(model)?.Ended;
        }

        try
        {
            await (before ?? Task.CompletedTask);
            progress.Enter(ModelPhase.Warming, step: 0);
            tools.Board.Begin(progress);
            await Task.Run(work);
            return () => tools.Board.End(progress);
        }
        catch
        {
            tools.Board.End(progress);
            throw;
        }
        finally
        {
            lock (_turn)
                _blocked.Remove(model);
        }
    }

    /// <summary>Ends everything at its next safe point; it is taken up by the next start.</summary>
    internal async Task StopAsync()
    {
        Task[] running;
        lock (_turn)
        {
            _isStopping = true;
            CancelAll(source: null);
            running = [.. _running.Values.Select(operation => operation.Ended)];
        }

        await Task.WhenAll(running);
    }

    private bool IsUnderWay(Queued queued) =>
        (_running.TryGetValue(queued.Plan.Model, out var operation) && queued.IsSame(new Queued(operation.Plan, operation.Owner))
            && !operation.Cancelled.IsCancellationRequested)
        || _ended.Any(ended => ended.Operation.Model == queued.Plan.Model);

    private static bool IsWanted(Operation operation, ImmutableArray<PlannedWork> works)
    {
        if (operation.IsRemoval)
        {
            var names = operation.Plan.Steps.OfType<PlanStep.Prune>().Select(step => step.Name).ToHashSet();
            return works.Any(work => work.Desired.Source == operation.Source)
                && !works.Any(work => work.Desired.Models.Any(model => model.Names.Any(names.Contains)));
        }

        return works.FirstOrDefault(work => work.Desired.Source == operation.Source) is { } owner
            && owner.Index.Models.TryGetValue(operation.Model, out var model)
            && operation.LeadsTo(model)
            && (!operation.ChangesWhatServes
                || !owner.Plan.Notes.Any(note => note.Reason == "Held" && note.Model == operation.Model));
    }

    /// <summary>Within the turn.</summary>
    private void StartNext()
    {
        while (!_isStopping && _running.Count < Most && _running.Values.Count(IsAtWork) < MostAtWork
            && _queue.FindIndex(CanStart) is >= 0 and var next)
        {
            var queued = _queue[next];
            _queue.RemoveAt(next);
            var operation = Begin(queued);
            _running.Add(operation.Model, operation);
            operation.Ended = Task.Run(() => RunAsync(operation));
        }
    }

    private Operation Begin(Queued queued)
    {
        var (model, desired) = (queued.Plan.Model, queued.Owner.Index);
        var known = tools.Records.Find(model.FullName);
        var since = known is not null && known.Attempt == queued.Attempt ? known.Since : tools.Time.GetUtcNow();
        var progress = new OperationProgress(model, desired.Revision, queued.Owner.Digest, since, tools.Time);
        tools.Board.Begin(progress);
        return new Operation(queued.Plan, queued.Owner, progress, tools.Places);
    }

    private static bool IsAtWork(Operation operation) => operation.Progress.Phase is not (ModelPhase.Fetching or ModelPhase.Canary);

    /// <summary>A removal waits for all work but that which waits for a server.</summary>
    private bool CanStart(Queued queued) =>
        !_running.ContainsKey(queued.Plan.Model)
        && !_ended.Any(ended => ended.Operation.Model == queued.Plan.Model)
        && !queued.Plan.After.Any(before => _running.ContainsKey(before) || _queue.Exists(other => other.Plan.Model == before))
        && (!queued.IsRemoval
            || (!_queue.Exists(other => !other.IsRemoval && !IsHeldUp(other))
                && !_running.Values.Any(operation => !operation.IsRemoval && IsAtWork(operation))));

    /// <summary>It waits for a model that waits for a server or for clients.</summary>
    private bool IsHeldUp(Queued queued) => queued.Plan.After.Any(before =>
        (_running.TryGetValue(before, out var operation) && !IsAtWork(operation))
        || (_queue.Find(other => other.Plan.Model == before) is { } other && IsHeldUp(other)));

    private async Task RunAsync(Operation operation)
    {
        EndedOperation ended;
        try
        {
            await using var work = new ModelWork(tools, operation, Moved);
            ended = new EndedOperation(operation, await work.RunAsync(isKept: () => _isStopping));
        }
#pragma warning disable CA1031 // The pass that takes it in tells it; other models go on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            var failed = new ModelOutcome.Failed(operation.Model, "Internal", error.Message, IsPermanent: false);
            ended = new EndedOperation(operation, failed) { Fault = error };
        }

        await operation.DisposeAsync();
        lock (_turn)
        {
            _running.Remove(operation.Model);
            _ended = _ended.Add(ended);
            tools.Board.End(operation.Progress);
            StartNext();
        }

        Ended();
    }

    /// <summary>An operation that waits for a server, or for clients, gives way to the next one.</summary>
    private void Moved()
    {
        lock (_turn)
            StartNext();
    }
}

/// <summary>The plan of one model, which waits for its turn.</summary>
/// <param name="Plan">What is to be done.</param>
/// <param name="Owner">The plan of its source.</param>
internal sealed record Queued(ModelPlan Plan, PlannedWork Owner)
{
    internal bool IsRemoval => Plan.Action == PlanAction.Remove;

    internal (ModelName Model, bool IsRemoval) Key => (Plan.Model, IsRemoval);

    private DesiredModel? Desired => IsRemoval ? null : Owner.Index.Models.GetValueOrDefault(Plan.Model);

    internal string Attempt => Desired?.Attempt ?? "";

    /// <summary>Whether both lead to the same.</summary>
    internal bool IsSame(Queued other) => (Desired, other.Desired) switch
    {
        (null, null) => Plan.Steps.SequenceEqual(other.Plan.Steps),
        ({ } mine, { } theirs) => Owner.Desired.Source == other.Owner.Desired.Source
            && (ReferenceEquals(mine, theirs) || Operation.IsSame(mine, theirs)),
        _ => false,
    };
}
