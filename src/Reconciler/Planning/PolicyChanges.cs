using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ModelOps.ModelfileLang.Diff;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Times;
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
            else if (name == model.Name)
                Compare(current, wanted, changes);
            else if (current with { Revision = "", DeclaredAt = "" } != wanted with { Revision = "", DeclaredAt = "" })
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

    private static void Compare(ModelPolicy current, ModelPolicy wanted, ImmutableArray<PlanChange>.Builder changes)
    {
        Add(changes, "residency", UpdateClass.Live, Text(current.Residency), Text(wanted.Residency));
        Add(changes, "keepAlive", UpdateClass.Live, Text(current.KeepAlive), Text(wanted.KeepAlive));
        Add(changes, "priority", UpdateClass.Live, Text(current.Priority), Text(wanted.Priority));
        Add(changes, "context", UpdateClass.Context, Text(current.Runtime.Context), Text(wanted.Runtime.Context));
        Add(changes, "parallel", UpdateClass.Context, Text(current.Runtime.Parallel), Text(wanted.Runtime.Parallel));
        Add(changes, "kvCacheType", UpdateClass.Context, current.Runtime.KvCacheType ?? "default", wanted.Runtime.KvCacheType ?? "default");
        Add(changes, "prefixTokens", UpdateClass.Context, Text(current.Runtime.PrefixTokens), Text(wanted.Runtime.PrefixTokens));
        Add(changes, "lookupTokens", UpdateClass.Context, Text(current.Runtime.LookupTokens), Text(wanted.Runtime.LookupTokens));
        Add(changes, "draftTokens", UpdateClass.Context, Text(current.Runtime.DraftTokens), Text(wanted.Runtime.DraftTokens));
    }

    private static void Add(
        ImmutableArray<PlanChange>.Builder changes, string subject, UpdateClass updateClass, string before, string after)
    {
        if (before != after)
            changes.Add(new PlanChange(subject, updateClass, before, after));
    }

    /// <summary>As it is written in YAML.</summary>
    private static string Text(ResidencyMode mode) => JsonNamingPolicy.CamelCase.ConvertName(mode.ToString());

    private static string Text(TimeSpan? duration) => duration is { } value ? Durations.Format(value) : "default";

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "default";
}
