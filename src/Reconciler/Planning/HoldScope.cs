using System.Diagnostics;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.State;

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
