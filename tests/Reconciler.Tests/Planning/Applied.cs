using System.Collections.Immutable;
using System.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;

namespace ModelOps.Reconciler.Tests.Planning;

/// <summary>What is there after every step of a plan did what it says, and nothing more.</summary>
internal static class Applied
{
    internal static ActualState After(Plan plan, DesiredState desired, ActualState actual)
    {
        var models = desired.Models.ToDictionary(model => model.Name);
        var changing = plan.Models.Select(model => model.Model).ToHashSet();
        actual = desired.Models.Where(model => !changing.Contains(model.Name)).Aggregate(actual, Declared);
        foreach (var model in plan.Models)
        {
            var warm = false;
            foreach (var step in model.Steps)
            {
                actual = Step(actual, step, models, warm);
                warm |= step is PlanStep.Warm;
            }
        }

        return actual;
    }

    /// <summary>All names of the model serve a build, and are recorded so.</summary>
    internal static ActualState Served(ActualState state, DesiredModel model, string build) => Served(state, model, model.Names, build);

    private static ActualState Step(ActualState actual, PlanStep step, Dictionary<ModelName, DesiredModel> models, bool warm) => step switch
    {
        PlanStep.Build build => actual with
        {
            Builds = actual.Builds.ContainsKey(build.Inputs)
                ? actual.Builds
                : actual.Builds.Add(build.Inputs, new BuiltState(PlanningWorld.BuildOf(build.Inputs), "")),
        },
        PlanStep.Warm or PlanStep.Gate => actual,
        PlanStep.Switch change => Switched(actual, change, models[step.Model], warm),
        PlanStep.Declare => Declared(actual, models[step.Model]),
        PlanStep.Load load => actual with { Resident = actual.Resident.Add(load.Model) },
        PlanStep.Prune prune => actual with
        {
            Stored = actual.Stored.Remove(prune.Name),
            Managed = actual.Managed.Remove(prune.Name),
            Policies = actual.Policies.Remove(prune.Name),
            Resident = actual.Resident.Remove(prune.Name),
        },
        _ => throw new UnreachableException(),
    };

    private static ActualState Switched(ActualState actual, PlanStep.Switch change, DesiredModel model, bool warm)
    {
        var isOther = actual.Stored.GetValueOrDefault(model.Name) != actual.Builds[change.Inputs].Build;
        actual = Declared(Served(actual, model, change.Names, actual.Builds[change.Inputs].Build), model);
        return warm ? actual with { Resident = actual.Resident.Add(model.Name) }
            : isOther ? actual with { Resident = actual.Resident.Remove(model.Name) }
            : actual;
    }

    private static ActualState Served(ActualState state, DesiredModel model, IEnumerable<ModelName> names, string build)
    {
        foreach (var name in names)
        {
            state = state with
            {
                Stored = state.Stored.SetItem(name, build),
                Managed = state.Managed.SetItem(name, new ManagedState(model.Name, build, model.Inputs, model.Spec.Protect)),
            };
        }

        return state;
    }

    private static ActualState Declared(ActualState state, DesiredModel model) => state with
    {
        Policies = state.Policies.SetItems(
            model.Names.Select(name => KeyValuePair.Create(name, model.PolicyOf(name, PlanningWorld.Revision)))),
    };
}
