using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>What passes remember.</summary>
internal sealed record PassRecords(
    StepJournal Journal, OperationRecords Operations, HoldRecords Holds, SuspensionRecords Suspensions, Retention Retention,
    EventLog Events, PassEvents Turns, FightWatch Fights);
