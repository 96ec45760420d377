using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Tells the turns of what every pass sees again: a source that has become silent, names that will go or may not, and drift. Each is told
/// when it begins, or becomes another.
/// </summary>
internal sealed class PassEvents(StatusBoard board, EventLog events, ResidencyWatch residency, TimeProvider time)
{
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private ImmutableHashSet<(ModelName, string)> _told = [];
    private bool _stale;
    private bool _knowsOrphans;

    /// <summary>A pass has come to its end, and the status shows what it found.</summary>
    /// <param name="accepted">The accepted revision; null when there is none.</param>
    /// <param name="plan">What is left to do; null when nothing is accepted.</param>
    /// <param name="actual">What is there; null when nothing is accepted.</param>
    internal void Looked(AcceptedRevision? accepted, Plan? plan, ActualState? actual)
    {
        TellStaleness();
        if (accepted is not null && plan is not null && actual is not null)
            TellOrphans(accepted, plan, actual);
        residency.Look();
    }

    /// <summary>What somebody else changed is about to be put right, or is left as it is because git says so.</summary>
    internal void Planned(Plan plan, Plan due, AcceptedRevision accepted)
    {
        foreach (var note in plan.Notes.Where(note => note.Reason == "Drifted"))
            events.Add(About(EventKind.DriftDetected, accepted, note.Model, note.Message));
        foreach (var model in due.Models.Where(IsDrift))
            events.Add(About(EventKind.DriftDetected, accepted, model.Model, $"{model.Model.PlainName} was changed outside git"));
    }

    /// <summary>What came of that.</summary>
    internal void Worked(Plan due, ImmutableArray<ModelOutcome> outcomes, AcceptedRevision accepted)
    {
        var done = outcomes.OfType<ModelOutcome.Done>().Select(outcome => outcome.Model).ToHashSet();
        foreach (var model in due.Models.Where(model => IsDrift(model) && done.Contains(model.Model)))
            events.Add(About(EventKind.DriftCorrected, accepted, model.Model, $"{model.Model.PlainName} is as declared again"));
    }

    private static bool IsDrift(ModelPlan model) =>
        model.Action == PlanAction.Repair && model.Steps.Any(step => step is PlanStep.Build);

    private void TellStaleness()
    {
        var stale = board.Current.Conditions.FirstOrDefault(condition => condition.Type == ConditionType.SourceStale);
        if (stale is not null && !_stale)
            events.Add(new NewEvent(EventKind.SourceStale, stale.Message));
        _stale = stale is not null;
    }

    private void TellOrphans(AcceptedRevision accepted, Plan plan, ActualState actual)
    {
        var now = plan.Notes.Where(note => note.Approval.Length > 0 || note.Due is not null)
            .ToDictionary(note => (note.Model, note.Approval));
        foreach (var (key, note) in now.Where(pair => !_told.Contains(pair.Key)))
        {
            // The process before this one has told what was scheduled while it ran.
            if (note.Due is null)
                events.Add(About(EventKind.PruneBlocked, accepted, note.Model, note.Message));
            else if (_knowsOrphans || actual.Undeclared.GetValueOrDefault(note.Model, _started) >= _started)
                events.Add(About(EventKind.PruneScheduled, accepted, note.Model, note.Message));
        }

        _told = [.. now.Keys];
        _knowsOrphans = true;
    }

    private static NewEvent About(EventKind kind, AcceptedRevision accepted, ModelName model, string message) => new(kind, message)
    {
        Model = model,
        Revision = accepted.Desired.Revision,
        Actor = kind is EventKind.PruneScheduled or EventKind.PruneBlocked ? accepted.Tree.Facts.Author : "",
    };
}
