using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;

namespace ModelOps.Reconciler.Planning;

/// <summary>
/// Whether a revision is <em>applied</em>: every model that it declares serves the build it asks for, under all its names and with its
/// policy, and nothing is held, failed, blocked or waiting.
/// </summary>
internal static class Convergence
{
    internal static bool Holds(
        DesiredState desired, ActualState actual, Plan plan, ImmutableDictionary<ModelName, ModelFailure> failures) =>
        plan.IsEmpty
            && failures.IsEmpty
            && plan.Notes.All(note => note.Reason == "Orphaned")
            && desired.Models.All(model => Serves(model, desired.Revision, actual));

    /// <summary>Every name of the model serves the build that is wanted, with the policy that is wanted.</summary>
    internal static bool Serves(DesiredModel model, string revision, ActualState actual) =>
        !IsHeld(model, actual)
            && actual.Builds.GetValueOrDefault(model.Inputs)?.Build is { } wanted
            && model.Names.All(name => actual.Stored.GetValueOrDefault(name) == wanted)
            && PolicyChanges.Of(model, revision, actual).IsEmpty;

    private static bool IsHeld(DesiredModel model, ActualState actual) =>
        actual.Holds.GetValueOrDefault(model.Name) is { } hold && hold.Covers(model);
}
