using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Times;

namespace ModelOps.Reconciler.Planning;

/// <summary>Plans the removal of names that are ours and no longer declared. Foreign names are never touched.</summary>
internal static class PrunePlanner
{
    internal static ImmutableArray<ModelPlan> Plan(DesiredState desired, ActualState actual, ImmutableArray<PlanNote>.Builder notes)
    {
        var gone = Gone(desired, actual);
        foreach (var (name, managed) in gone.Where(pair => IsSpared(pair.Value, desired)))
        {
            notes.Add(
                new PlanNote(
                    "Orphaned", name,
                    managed.Protect
                        ? "not declared, kept because protected; to let it go declare it without protect first"
                        : "not declared, kept because prune.enabled is false"));
        }

        var removable = gone.Where(pair => !IsSpared(pair.Value, desired)).ToArray();
        if (removable.Length == 0 || IsBlocked(desired, actual, removable, notes))
            return [];
        foreach (var (name, _) in removable.Where(pair => DueAt(pair.Key, desired, actual) > actual.At))
        {
            notes.Add(
                new PlanNote(
                    "Orphaned", name,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"not declared, removed after {DueAt(name, desired, actual):yyyy-MM-dd HH:mm:ss} UTC (prune.gracePeriod ")
                    + $"{Durations.Format(desired.Set.Prune.GracePeriod)})")
                {
                    Due = DueAt(name, desired, actual),
                });
        }

        return Removals(removable.Where(pair => DueAt(pair.Key, desired, actual) <= actual.At));
    }

    /// <summary>
    /// Names of sources that are not configured any more. They stay and are told; what a person approves of them goes at once.
    /// </summary>
    internal static ImmutableArray<ModelPlan> PlanAbandoned(
        IEnumerable<KeyValuePair<ModelName, ManagedState>> abandoned, ActualState actual, ImmutableArray<PlanNote>.Builder notes)
    {
        var plans = ImmutableArray.CreateBuilder<ModelPlan>();
        foreach (var source in abandoned.GroupBy(pair => pair.Value.Source).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var told = $"source {source.Key} is no longer configured";
            foreach (var (name, _) in source.Where(pair => pair.Value.Protect))
                notes.Add(new PlanNote("Orphaned", name, $"{told}, kept because protected"));
            var removable = source.Where(pair => !pair.Value.Protect)
                .OrderBy(pair => pair.Key.FullName, StringComparer.Ordinal).ToArray();
            if (removable.Length == 0)
                continue;
            var approval = ApprovalOf(removable);
            if (actual.Approvals.Contains(approval))
            {
                plans.AddRange(Removals(removable));
                continue;
            }

            foreach (var (name, _) in removable)
            {
                notes.Add(
                    new PlanNote(
                        "Orphaned", name,
                        $"{told}; its names stay until it is configured again, another source declares them, or their removal is approved "
                        + $"with 'modelops approve {approval[..12]}'")
                    {
                        Approval = approval,
                    });
            }
        }

        return plans.ToImmutable();
    }

    /// <summary>When the grace of the next name ends; null when none is in its grace.</summary>
    internal static DateTimeOffset? NextDue(DesiredState desired, ActualState actual) => Gone(desired, actual)
        .Where(pair => !IsSpared(pair.Value, desired))
        .Select(pair => DueAt(pair.Key, desired, actual))
        .Where(due => due > actual.At)
        .Cast<DateTimeOffset?>()
        .Min();

    private static ImmutableArray<ModelPlan> Removals(IEnumerable<KeyValuePair<ModelName, ManagedState>> names) =>
    [
        .. names.GroupBy(pair => pair.Value.Model)
            .Select(group => new ModelPlan
            {
                Model = group.Key,
                Action = PlanAction.Remove,
                Steps = [.. group.Select(pair => new PlanStep.Prune(pair.Value.Model, pair.Key))],
            }),
    ];

    private static KeyValuePair<ModelName, ManagedState>[] Gone(DesiredState desired, ActualState actual)
    {
        var declared = desired.Models.SelectMany(model => model.Names).ToHashSet();
        return
        [
            .. actual.Managed.Where(pair => !declared.Contains(pair.Key) && pair.Value.Source == desired.Source)
                .OrderBy(pair => pair.Key.FullName, StringComparer.Ordinal),
        ];
    }

    private static bool IsSpared(ManagedState managed, DesiredState desired) => managed.Protect || !desired.Set.Prune.Enabled;

    /// <summary>The grace of a name that was not seen undeclared before begins now.</summary>
    private static DateTimeOffset DueAt(ModelName name, DesiredState desired, ActualState actual) =>
        actual.Undeclared.GetValueOrDefault(name, actual.At) + desired.Set.Prune.GracePeriod;

    /// <summary>
    /// A set that lost too much at once is more likely a mistake. All that is gone counts, in its grace or not, but for aliases and for
    /// renames: one name that is gone for each declared model of the same inputs.
    /// </summary>
    private static bool IsBlocked(
        DesiredState desired, ActualState actual, KeyValuePair<ModelName, ManagedState>[] removed, ImmutableArray<PlanNote>.Builder notes)
    {
        var declared = desired.Models.CountBy(model => model.Inputs, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var models = removed.Where(pair => pair.Key == pair.Value.Model)
            .CountBy(pair => pair.Value.Inputs, StringComparer.Ordinal)
            .Sum(gone => Math.Max(0, gone.Value - declared.GetValueOrDefault(gone.Key)));

        // With what this revision adds, so that adding models first does not raise the limit for a second look.
        var total = actual.Managed.Where(pair => pair.Key == pair.Value.Model)
            .Select(pair => pair.Key)
            .Union(desired.Models.Select(model => model.Name))
            .Count();
        if (models <= (desired.Models.IsEmpty ? 0 : desired.Set.Prune.MaxDeletes.Of(total)))
            return false;
        var approval = ApprovalOf(removed);
        if (actual.Approvals.Contains(approval))
            return false;
        var (why, next) = desired.Models.IsEmpty
            ? ("the set is empty", "declare at least one model")
            : ($"prune.maxDeletes {desired.Set.Prune.MaxDeletes}", "remove fewer at once, raise prune.maxDeletes");
        foreach (var (name, _) in removed)
        {
            notes.Add(
                new PlanNote(
                    "PruneBlocked", name,
                    string.Create(
                        CultureInfo.InvariantCulture, $"removal blocked: {models} of {total} at once ({why}); {next}, or approve ")
                    + $"exactly this with 'modelops approve {approval[..12]}'")
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
