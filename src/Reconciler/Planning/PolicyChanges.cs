using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diff;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Desired.Settings;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Planning;

/// <summary>What differs between declared residency and load settings and those that the runtime goes by.</summary>
internal static class PolicyChanges
{
    internal static ImmutableArray<PlanChange> Of(DesiredModel model, string revision, ActualState actual)
    {
        var changes = ImmutableArray.CreateBuilder<PlanChange>();
        foreach (var name in model.Names)
        {
            var wanted = model.PolicyOf(name, revision);
            if (!actual.Policies.TryGetValue(name, out var current))
                changes.Add(new PlanChange("policy", UpdateClass.Live, "", name.ShortName));
            else if (current == wanted || current == wanted with { Revision = current.Revision, DeclaredAt = current.DeclaredAt })
                continue;
            else if (name == model.Name)
                changes.AddRange(Compare(current, wanted));
            else
                changes.Add(new PlanChange("policy", UpdateClass.Live, "", name.ShortName));
        }

        return changes.ToImmutable();
    }

    /// <summary>
    /// Policies that come into force before the model is worked on. A model that nothing changes follows its declaration at once. One that
    /// is worked on keeps what it has until its names change; a name without a policy, as after a start, gets the one of the revision whose
    /// build it serves.
    /// </summary>
    internal static IEnumerable<ModelPolicy> Before(DesiredModel model, string revision, bool isChanged, ActualState actual)
    {
        foreach (var name in model.Names)
        {
            var current = actual.Policies.GetValueOrDefault(name);
            var wanted = model.PolicyOf(name, revision);
            if (!isChanged && current != wanted)
                yield return wanted;
            else if (isChanged && current is null && actual.Managed.GetValueOrDefault(name) is { } managed)
                yield return wanted with { Revision = managed.Revision };
        }
    }

    private static IEnumerable<PlanChange> Compare(ModelPolicy current, ModelPolicy wanted) =>
        ModelSettings.Table.Compare(ModelSettings.Of(current), ModelSettings.Of(wanted))
            .Select(change => new PlanChange(change.Row.Path, change.Row.Class!.Value, Text(change.Before), Text(change.After)));

    private static string Text(string value) => value.Length == 0 ? "default" : value;
}
