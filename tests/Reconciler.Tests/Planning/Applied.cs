using System.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Planning;

/// <summary>
/// What is there after every step of a plan did what it says, and nothing more. It looks at the plan alone, so a plan that leaves something
/// to the desired state breaks the laws.
/// </summary>
internal static class Applied
{
    internal static ActualState After(Plan plan, ActualState actual)
    {
        actual = Declared(actual, plan.Policies);
        foreach (var model in plan.Models)
        {
            var warm = false;
            foreach (var step in model.Steps)
            {
                actual = Step(actual, step, model.Planned, warm);
                warm |= step is PlanStep.Warm;
            }
        }

        return actual;
    }

    /// <summary>All names of the model serve a build, and are recorded so.</summary>
    internal static ActualState Served(ActualState state, DesiredModel model, string build) =>
        Served(state, model.Names, new ManagedState(model.Name, build, model.Inputs, model.Spec.Protect, PlanningWorld.Revision));

    private static ActualState Step(ActualState actual, PlanStep step, PlannedModel? planned, bool warm) => step switch
    {
        PlanStep.Build build => actual with
        {
            Builds = actual.Builds.ContainsKey(build.Inputs)
                ? actual.Builds
                : actual.Builds.Add(build.Inputs, new BuiltState(PlanningWorld.BuildOf(build.Inputs), "")),
        },
        PlanStep.Warm or PlanStep.Gate or PlanStep.Canary => actual,
        PlanStep.Switch change => Switched(actual, change, planned!, warm),
        PlanStep.Declare => Declared(actual, planned!.Policies),
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

    private static ActualState Switched(ActualState actual, PlanStep.Switch change, PlannedModel planned, bool warm)
    {
        var build = actual.Builds[change.Inputs].Build;
        var isOther = actual.Stored.GetValueOrDefault(change.Model) != build;
        var record = new ManagedState(change.Model, build, change.Inputs, planned.Protect, planned.Policy.Revision);
        actual = Declared(Served(actual, change.Names, record), planned.Policies);
        return warm ? actual with { Resident = actual.Resident.Add(change.Model) }
            : isOther ? actual with { Resident = actual.Resident.Remove(change.Model) }
            : actual;
    }

    private static ActualState Served(ActualState state, IEnumerable<ModelName> names, ManagedState record)
    {
        foreach (var name in names)
        {
            state = state with
            {
                Stored = state.Stored.SetItem(name, record.Build),
                Managed = state.Managed.SetItem(name, record),
            };
        }

        return state;
    }

    private static ActualState Declared(ActualState state, IEnumerable<ModelPolicy> policies) => state with
    {
        Policies = state.Policies.SetItems(policies.Select(policy => KeyValuePair.Create(policy.Name, policy))),
    };
}
