using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
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
    private ImmutableHashSet<string> _stale = [];
    private bool _knowsOrphans;

    /// <summary>A pass has come to its end, and the status shows what it found.</summary>
    /// <param name="works">The sources that have an accepted revision, with what is left to do.</param>
    internal void Looked(ImmutableArray<SourceWork> works)
    {
        TellStaleness();
        if (!works.IsEmpty)
            TellOrphans(works);
        residency.Look();
    }

    /// <summary>What somebody else changed is about to be put right, or is left as it is because git says so.</summary>
    /// <param name="work">The source.</param>
    /// <param name="begun">What is begun of it now.</param>
    internal void Planned(SourceWork work, IEnumerable<ModelPlan> begun)
    {
        foreach (var note in work.Part.Plan.Notes.Where(note => note.Reason == "Drifted"))
            events.Add(About(EventKind.DriftDetected, work, note.Model, note.Message));
        foreach (var model in begun.Where(model => model.CorrectsDrift))
            events.Add(About(EventKind.DriftDetected, work, model.Model, $"{model.Model.PlainName} was changed outside git"));
    }

    /// <summary>What came of that.</summary>
    internal void Worked(EndedOperation ended)
    {
        if (ended.Outcome is not ModelOutcome.Done || !ended.Operation.Plan.CorrectsDrift)
            return;
        var model = ended.Operation.Model;
        events.Add(new NewEvent(EventKind.DriftCorrected, $"{model.PlainName} is as declared again")
        {
            Model = model,
            Source = ended.Operation.Source,
            Revision = ended.Operation.Owner.Desired.Revision,
        });
    }

    private void TellStaleness()
    {
        var stale = board.Current.Sources
            .Select(source => (source.Name, Stale: source.Conditions.FirstOrDefault(known => known.Type == ConditionType.SourceStale)))
            .Where(source => source.Stale is not null).ToArray();
        foreach (var (source, condition) in stale.Where(source => !_stale.Contains(source.Name)))
            events.Add(new NewEvent(EventKind.SourceStale, condition!.Message) { Source = source });
        _stale = [.. stale.Select(source => source.Name)];
    }

    private void TellOrphans(ImmutableArray<SourceWork> works)
    {
        var now = works.SelectMany(work => work.Part.Plan.Notes.Select(note => (Work: work, Note: note)))
            .Where(found => found.Note.Approval.Length > 0 || found.Note.Due is not null)
            .ToDictionary(found => (found.Note.Model, found.Note.Approval));
        foreach (var (work, note) in now.Where(pair => !_told.Contains(pair.Key)).Select(pair => pair.Value))
        {
            // The process before this one has told what was scheduled while it ran.
            if (note.Due is null)
                events.Add(About(EventKind.PruneBlocked, work, note.Model, note.Message));
            else if (_knowsOrphans || work.Part.Actual.Undeclared.GetValueOrDefault(note.Model, _started) >= _started)
                events.Add(About(EventKind.PruneScheduled, work, note.Model, note.Message));
        }

        _told = [.. now.Keys];
        _knowsOrphans = true;
    }

    private static NewEvent About(EventKind kind, SourceWork work, ModelName model, string message) => new(kind, message)
    {
        Model = model,
        Source = work.Source.Name,
        Revision = work.Part.Desired.Revision,
        Actor = kind is EventKind.PruneScheduled or EventKind.PruneBlocked ? work.Accepted.Tree.Facts.Author : "",
    };
}
