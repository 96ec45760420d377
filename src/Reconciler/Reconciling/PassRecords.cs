using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>What passes remember.</summary>
internal sealed record PassRecords(
    RevisionRecords Revisions, StepJournal Journal, HoldRecords Holds, RunHistory History, Retention Retention,
    EventLog Events, PassEvents Turns);
