using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;

namespace ModelOps.Reconciler.Planning;

/// <summary>Plans the removal of names that are ours and no longer declared. Foreign names are never touched.</summary>
internal static class PrunePlanner
{
    internal static ImmutableArray<ModelPlan> Plan(DesiredState desired, ActualState actual, ImmutableArray<PlanNote>.Builder notes)
    {
        var declared = desired.Models.SelectMany(model => model.Names).ToHashSet();
        var gone = actual.Managed
            .Where(pair => !declared.Contains(pair.Key))
            .OrderBy(pair => pair.Key.FullName, StringComparer.Ordinal)
            .ToArray();
        var spared = gone.Where(pair => pair.Value.Protect || !desired.Set.Prune.Enabled).ToArray();
        foreach (var (name, _) in spared)
        {
            notes.Add(
                new PlanNote(
                    "Orphaned", name, $"{name.PlainName} is not declared any more, and stays because it is protected or pruning is off"));
        }

        var removed = gone.Except(spared).ToArray();
        if (removed.Length == 0 || IsBlocked(desired, actual, removed, notes))
            return [];
        return
        [
            .. removed.GroupBy(pair => pair.Value.Model).Select(group => new ModelPlan
            {
                Model = group.Key,
                Action = PlanAction.Remove,
                Steps = [.. group.Select(pair => new PlanStep.Prune(pair.Value.Model, pair.Key))],
            }),
        ];
    }

    /// <summary>A set that lost too much at once is more likely a mistake. Aliases do not count, nor do renames.</summary>
    private static bool IsBlocked(
        DesiredState desired, ActualState actual, KeyValuePair<ModelName, ManagedState>[] removed, ImmutableArray<PlanNote>.Builder notes)
    {
        var inputs = desired.Models.Select(model => model.Inputs).ToHashSet(StringComparer.Ordinal);
        var models = removed.Where(pair => pair.Key == pair.Value.Model && !inputs.Contains(pair.Value.Inputs)).ToArray();

        // With what this revision adds, so that adding models first does not raise the limit for a second look.
        var total = actual.Managed.Where(pair => pair.Key == pair.Value.Model)
            .Select(pair => pair.Key)
            .Union(desired.Models.Select(model => model.Name))
            .Count();
        var allowed = desired.Models.IsEmpty ? 0 : Math.Max(1, desired.Set.Prune.MaxDeletes.Of(total));
        if (models.Length <= allowed)
            return false;
        var approval = ApprovalOf(removed);
        if (actual.Approvals.Contains(approval))
            return false;
        var why = desired.Models.IsEmpty ? "the set is empty" : $"prune.maxDeletes is {desired.Set.Prune.MaxDeletes}";
        foreach (var (name, _) in models)
        {
            notes.Add(
                new PlanNote(
                    "PruneBlocked", name,
                    $"{name.PlainName} is not declared any more, but {models.Length} of {total} models would go and {why}; remove fewer "
                    + $"at once, raise prune.maxDeletes, or approve exactly this with 'modelops approve {approval[..12]}'")
                {
                    Approval = approval,
                });
        }

        return true;
    }

    /// <summary>
    /// Names a removal by all that would go: what is approved is this and nothing else, whatever other models of the set do meanwhile.
    /// </summary>
    private static string ApprovalOf(KeyValuePair<ModelName, ManagedState>[] removed)
    {
        var text = string.Concat(removed.Select(pair => $"{pair.Key.FullName} {pair.Value.Model.FullName} {pair.Value.Build}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
