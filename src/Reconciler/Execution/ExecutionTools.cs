using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>What carrying out a plan needs.</summary>
internal sealed record ExecutionTools(
    ReconcilerOptions Options,
    IModelRuntime Runtime,
    BuildMaker Builds,
    SmokeGate Gate,
    NameSwitch Switching,
    PolicyBook Policies,
    StepJournal Journal,
    HoldRecords Holds,
    EventLog Events,
    StatusBoard Board,
    TimeProvider Time)
{
    internal void Show(ModelName model, ModelPhase phase) => Board.Show(model.ShortName, phase);
}
