using System.Diagnostics;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Planning;

/// <summary>What a hold refuses, and what ends it.</summary>
internal static class HoldScope
{
    /// <summary>Whether a model as it is declared now is refused; when it is not, the hold is over.</summary>
    internal static bool Covers(this Hold hold, DesiredModel model) => hold.Reach switch
    {
        HoldReach.Model => true,
        HoldReach.Build => hold.Inputs == model.Inputs,
        HoldReach.Attempt => hold.Attempt == model.Attempt,
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// The policy that a held model keeps: what is refused is the whole attempt, so its settings stay with its build. Null when it is not
    /// held, or has none to keep, as after a start.
    /// </summary>
    internal static ModelPolicy? KeptPolicy(DesiredModel model, ActualState actual) =>
        actual.Holds.GetValueOrDefault(model.Name) is { } hold && hold.Covers(model) ? actual.Policies.GetValueOrDefault(model.Name) : null;

    /// <summary>What is done for a model that is held, why, and the ways out.</summary>
    internal static PlanNote NoteOf(Hold hold, DesiredModel model)
    {
        var name = model.Name.PlainName;
        var ways = hold.Reach switch
        {
            HoldReach.Model => $"'modelops release {name}' ends that",
            HoldReach.Build => $"commit another build of it, or end that with 'modelops release {name}'",
            _ => $"commit a correction, or try again with 'modelops retry {name}'",
        };
        return new PlanNote("Held", model.Name, $"{name} keeps its build: {hold.Reason}; {ways}");
    }
}
