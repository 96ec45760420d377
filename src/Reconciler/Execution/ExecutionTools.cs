using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>What carrying out a plan needs.</summary>
internal sealed record ExecutionTools(
    ReconcilerOptions Options,
    IModelRuntime Runtime,
    BuildMaker Builds,
    BuildGate Gate,
    CanaryRun Canaries,
    PauseBook Pauses,
    NameSwitch Switching,
    PolicyBook Policies,
    StepJournal Journal,
    OperationRecords Records,
    Places Places,
    HoldRecords Holds,
    ObservationRecords Observations,
    EventLog Events,
    StatusBoard Board,
    TimeProvider Time);
