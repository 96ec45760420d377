using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;

namespace ModelOps.Reconciler.Planning;

/// <summary>What is to be done for one source.</summary>
/// <param name="Desired">What it asks for.</param>
/// <param name="Actual">What is there of it: names that it declares, and those that it declared.</param>
/// <param name="Plan">What leads from there to what it asks for.</param>
public sealed record SourcePlan(DesiredState Desired, ActualState Actual, Plan Plan)
{
    /// <summary>Its models under which content outside git changed, with what changed.</summary>
    internal ImmutableDictionary<ModelName, string> OwnDrift
    {
        get
        {
            var names = Desired.Models.Select(model => model.Name).ToHashSet();
            return Actual.ContentDrift.RemoveRange(Actual.ContentDrift.Keys.Where(name => !names.Contains(name)));
        }
    }
}

/// <summary>
/// Plans each source by itself: the settings of its set hold for its own models only. A name belongs to the source that declares it, else
/// to the one that did. Pure, as the planner is.
/// </summary>
public static class SourcePlanner
{
    /// <summary>The plans, in the order of the sources.</summary>
    /// <param name="desired">What each source asks for that has an accepted revision. No name stands in two of them.</param>
    /// <param name="configured">Names of all sources that are configured.</param>
    /// <param name="actual">What is there.</param>
    public static ImmutableArray<SourcePlan> Plan(
        ImmutableArray<DesiredState> desired, IReadOnlySet<string> configured, ActualState actual)
    {
        var owners = new Dictionary<ModelName, string>();
        foreach (var source in desired)
        {
            foreach (var name in source.Models.SelectMany(model => model.Names))
                owners.TryAdd(name, source.Source);
        }

        var plans = ImmutableArray.CreateBuilder<SourcePlan>();
        foreach (var source in desired)
        {
            var own = actual with
            {
                Managed = actual.Managed
                    .Where(pair => owners.GetValueOrDefault(pair.Key, pair.Value.Source) == source.Source)
                    .ToImmutableDictionary(),
            };
            plans.Add(new SourcePlan(source, own, Planner.Plan(source, own)));
        }

        var abandoned = actual.Managed
            .Where(pair => !owners.ContainsKey(pair.Key) && !configured.Contains(pair.Value.Source))
            .OrderBy(pair => pair.Key.FullName, StringComparer.Ordinal).ToArray();
        if (plans.Count > 0 && abandoned.Length > 0)
            plans[0] = WithAbandoned(plans[0], abandoned, actual);
        return plans.ToImmutable();
    }

    /// <summary>The first source carries what belongs to none.</summary>
    private static SourcePlan WithAbandoned(SourcePlan first, KeyValuePair<ModelName, ManagedState>[] abandoned, ActualState actual)
    {
        var notes = ImmutableArray.CreateBuilder<PlanNote>();
        var removals = PrunePlanner.PlanAbandoned(abandoned, actual, notes);
        return first with
        {
            Actual = first.Actual with { Managed = first.Actual.Managed.AddRange(abandoned) },
            Plan = first.Plan with
            {
                Models = first.Plan.Models.AddRange(removals),
                Notes = first.Plan.Notes.AddRange(notes),
            },
        };
    }
}
