using System.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Execution;

/// <summary>
/// The work on one model. A pass begins it, and it ends by itself. Where something else is wanted meanwhile it is cancelled: it ends at
/// its next safe point, and from then on changes nothing that serves.
/// </summary>
internal sealed class Operation : IAsyncDisposable
{
    private readonly Lock _turn = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly BuildTurn? _build;
    private Task _cancelling = Task.CompletedTask;
    private bool _isCancelled;
    private bool _isOver;

    internal Operation(ModelPlan plan, PlannedWork owner, OperationProgress progress, Places places)
    {
        (Plan, Owner, Progress, Cancelled) = (plan, owner, progress, _cancellation.Token);
        _build = plan.Steps.Any(step => step is PlanStep.Build) ? new BuildTurn(places, _cancellation.Token) : null;
    }

    internal ModelName Model => Plan.Model;

    internal ModelPlan Plan { get; }

    internal PlannedWork Owner { get; }

    internal OperationProgress Progress { get; }

    /// <summary>Its place to build.</summary>
    internal BuildTurn Build => _build ?? throw new UnreachableException();

    internal string Source => Owner.Desired.Source;

    internal bool IsRemoval => Plan.Action == PlanAction.Remove;

    /// <summary>The model as it is declared where this leads to; null when it goes.</summary>
    internal DesiredModel? Desired => IsRemoval ? null : Owner.Index.Models.GetValueOrDefault(Plan.Model);

    /// <summary>It is asked for also when all is over.</summary>
    internal CancellationToken Cancelled { get; }

    /// <summary>It makes names serve something else, or goes by other settings. A hold forbids that.</summary>
    internal bool ChangesWhatServes => Plan.Steps.Any(step => step is not PlanStep.Load);

    /// <summary>Completes when it has ended.</summary>
    internal Task Ended { get; set; } = Task.CompletedTask;

    /// <summary>Whether it leads to a model as it is declared now.</summary>
    internal bool LeadsTo(DesiredModel model) => Desired is { } mine && (ReferenceEquals(mine, model) || IsSame(mine, model));

    /// <summary>Does what cannot be cancelled. False when it was cancelled before, and nothing is done then.</summary>
    internal bool TryCommit(Action change)
    {
        lock (_turn)
        {
            if (!_isCancelled)
                change();
            return !_isCancelled;
        }
    }

    /// <summary>When this returns, it changes nothing that serves any more.</summary>
    internal void Cancel()
    {
        lock (_turn)
        {
            if (_isCancelled || _isOver)
                return;
            _isCancelled = true;
            _cancelling = _cancellation.CancelAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task cancelling;
        lock (_turn)
        {
            _isOver = true;
            cancelling = _cancelling;
        }

        _build?.Dispose();
        await cancelling;
        _cancellation.Dispose();
    }

    /// <summary>As it is written down now, with what was known of earlier tries of the same.</summary>
    internal OperationRecord Record(OperationRecords records)
    {
        var now = Progress.Read();
        var (inputs, attempt) = (Desired?.Inputs ?? "", Desired?.Attempt ?? "");
        var known = records.Find(Model.FullName);
        var record = known is not null && known.Attempt == attempt
            ? known
            : new OperationRecord(Model.FullName, Source, now.Revision, now.Plan, inputs, attempt, now.Since);
        return record with
        {
            Source = Source,
            Phase = now.Phase.ToString(),
            PhaseSince = now.PhaseSince,
            Step = now.Step,
            Completed = now.Transfer?.Completed ?? record.Completed,
            Total = now.Transfer?.Total ?? record.Total,
            NextRetry = null,
        };
    }

    internal static bool IsSame(DesiredModel one, DesiredModel other) =>
        one.Inputs == other.Inputs
        && one.Names.SequenceEqual(other.Names)
        && one.Spec.Protect == other.Spec.Protect
        && one.PolicyOf(one.Name, "") with { DeclaredAt = "" } == other.PolicyOf(one.Name, "") with { DeclaredAt = "" }
        && one.Attempt == other.Attempt;
}

/// <summary>What became of an operation.</summary>
/// <param name="Operation">It.</param>
/// <param name="Outcome">What came of it.</param>
internal sealed record EndedOperation(Operation Operation, ModelOutcome Outcome)
{
    /// <summary>The fault of ours that ended it; null when there was none.</summary>
    internal Exception? Fault { get; init; }
}
