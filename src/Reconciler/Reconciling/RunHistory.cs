using System.Collections.Immutable;
using System.Globalization;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>Writes down how the work on a revision goes, from what passes find out, and tells its turns.</summary>
/// <param name="records">Where it is written down.</param>
/// <param name="managed">What names serve.</param>
/// <param name="events">Where turns are told.</param>
/// <param name="name">Name of the source.</param>
/// <param name="time">The clock.</param>
internal sealed class RunHistory(
    HistoryRecords records, ManagedNames managed, EventLog events, string name, TimeProvider time)
{
    private const int Named = 5;

    /// <summary>A pass is about to do something for a revision, or finds that nothing is to be done.</summary>
    /// <param name="accepted">The revision.</param>
    /// <param name="due">What is to be done for it, with what is begun now as its models.</param>
    internal void Begin(AcceptedRevision accepted, Plan due)
    {
        var facts = accepted.Tree.Facts;
        if (records.Begin(facts.Revision, facts.Author) is { } superseded)
        {
            Tell(
                EventKind.RevisionSuperseded, facts with { Revision = superseded },
                $"revision {ShortId.Of(facts.Revision)} was accepted before {ShortId.Of(superseded)} was applied");
        }

        var held = HeldIn(due);
        var changing = due.Models.Where(model => !model.Steps.IsEmpty).Select(model => model.Model.ShortName).Except(held).ToArray();
        if (!records.Start(changing))
            return;
        var more = changing.Length > Named ? string.Create(CultureInfo.InvariantCulture, $" and {changing.Length - Named} more") : "";
        var names = string.Join(", ", changing.Take(Named).Select(name => ModelName.Parse(name).PlainName));
        Tell(EventKind.PlanComputed, facts, $"{CountText.Of(changing.Length, "model")} to work on: {names}{more}");
    }

    /// <summary>What a pass came to.</summary>
    /// <param name="facts">The accepted revision.</param>
    /// <param name="left">What is left to do now.</param>
    /// <param name="outcomes">What came of what was done.</param>
    /// <param name="isApplied">Everything that the revision declares is served.</param>
    internal void Finish(RevisionFacts facts, Plan left, ImmutableArray<ModelOutcome> outcomes, bool isApplied)
    {
        var results = new Dictionary<string, ModelResult>(StringComparer.Ordinal);
        foreach (var result in outcomes.Select(Of).OfType<ModelResult>())
            results[result.Model] = result;
        var unserved = left.Models.Where(model => !model.Steps.IsEmpty).Select(model => model.Model)
            .Select(name => name.ShortName).Concat(HeldIn(left)).ToHashSet(StringComparer.Ordinal);

        // What was done before the process ended is not among the outcomes, and what is held is not served, whatever was done to it.
        foreach (var model in records.Open().Where(model => isApplied || (!unserved.Contains(model) && !results.ContainsKey(model))))
            results[model] = new ModelResult(model, HistoryResult.Applied, BuildOf(model), "");
        var known = results.Values.Where(result => result.Result != HistoryResult.Applied || !unserved.Contains(result.Model)).ToArray();
        if (records.Finish(known, isApplied) is not { } accepted)
            return;
        var now = time.GetUtcNow();
        ReconcilerMetrics.Applied(name, now - accepted, now - facts.CommittedAt);
        Tell(EventKind.RevisionApplied, facts, $"revision {ShortId.Of(facts.Revision)} is served");
    }

    /// <summary>The source was asked.</summary>
    internal void Looked(SourceState state, TimeSpan took)
    {
        ReconcilerMetrics.Fetched(name, took);
        if (state.Failure is { } failure)
            ReconcilerMetrics.FetchFailed(name, failure.ToString());
        if (state.Rejected is { } rejected && records.Reject(rejected.Revision, rejected.Message))
            ReconcilerMetrics.Rejected(name, rejected.Reason.ToString());
    }

    /// <summary>A model serves an earlier build again.</summary>
    internal void RollBack(ModelName model, string build, string reason) => records.RollBack(model.ShortName, build, reason);

    private ModelResult? Of(ModelOutcome outcome) => outcome switch
    {
        ModelOutcome.Done => new ModelResult(outcome.Model.ShortName, HistoryResult.Applied, BuildOf(outcome.Model.ShortName), ""),
        ModelOutcome.Failed failed => new ModelResult(
            outcome.Model.ShortName, HistoryResult.Failed, BuildOf(outcome.Model.ShortName), failed.Message),
        ModelOutcome.Refused refused => new ModelResult(
            outcome.Model.ShortName, HistoryResult.Failed, BuildOf(outcome.Model.ShortName), refused.Message),
        _ => null,
    };

    private static IEnumerable<string> HeldIn(Plan plan) =>
        plan.Notes.Where(note => note.Reason == "Held").Select(note => note.Model.ShortName);

    private string BuildOf(string model) => managed.Find(ModelName.Parse(model))?.Build ?? "";

    private void Tell(EventKind kind, RevisionFacts facts, string message) =>
        events.Add(new NewEvent(kind, message) { Source = name, Revision = facts.Revision, Actor = facts.Author });
}
