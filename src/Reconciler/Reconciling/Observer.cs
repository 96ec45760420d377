using System.Collections.Immutable;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>Reads what is really there: the manifests in the store, the engines in memory, and what we remember.</summary>
internal sealed class Observer(
    LocalStore store, IModelRuntime runtime, ManagedNames managed, UndeclaredNames undeclared, BuildRecords builds, HoldRecords holds,
    ApprovalRecords approvals, ContentWatch content, FightWatch fights, TimeProvider time)
{
    /// <summary>Models of which a file is damaged or gone.</summary>
    internal Func<ImmutableDictionary<ModelName, string>> Damaged { get; init; } = () => ImmutableDictionary<ModelName, string>.Empty;

    /// <summary>Models that are ours.</summary>
    internal IEnumerable<ModelName> ManagedModels => managed.All.Values.Select(record => ModelName.Parse(record.Model));

    /// <param name="all">What each source asks for that has an accepted revision.</param>
    /// <param name="configured">Names of all sources. What one declares that has none is not known, so nothing of it is undeclared.</param>
    internal ActualState Observe(ImmutableArray<DesiredState> all, IReadOnlySet<string> configured)
    {
        var models = all.SelectMany(desired => desired.Models).ToArray();
        var declared = models.SelectMany(model => model.Names).ToHashSet();
        var unknown = configured.Except(all.Select(desired => desired.Source)).ToHashSet(StringComparer.Ordinal);
        var names = declared.Union(managed.All.Keys);
        var stored = ImmutableDictionary.CreateBuilder<ModelName, string>();
        foreach (var name in names)
        {
            if (DigestOf(name) is { } digest)
                stored[name] = digest;
        }

        var changed = models
            .Where(model => managed.Find(model.Name) is { } record && record.Inputs != model.Inputs)
            .Select(model => managed.Find(model.Name)!.Inputs).ToHashSet(StringComparer.Ordinal);
        var inputs = models.Select(model => model.Inputs)
            .Concat(managed.All.Values.Select(record => record.Inputs))
            .Distinct(StringComparer.Ordinal);
        var now = time.GetUtcNow();
        return new ActualState
        {
            At = now,
            ContentDrift = content.Look(models),
            Fights = fights.All,
            Damaged = Damaged(),
            Undeclared = undeclared.Update(
                [
                    .. managed.All.Where(pair => !declared.Contains(pair.Key) && !unknown.Contains(pair.Value.Source))
                        .Select(pair => pair.Key),
                ],
                now),
            Stored = stored.ToImmutable(),
            Managed = managed.All.ToImmutableDictionary(
                pair => pair.Key,
                pair => new ManagedState(
                    ModelName.Parse(pair.Value.Model), pair.Value.Build, pair.Value.Inputs, pair.Value.Protect, pair.Value.Revision)
                {
                    Source = pair.Value.Source,
                }),
            Builds = inputs.Select(builds.Find).OfType<BuildRecord>()
                .ToImmutableDictionary(
                    build => build.Inputs,
                    build => new BuiltState(build.Build, changed.Contains(build.Inputs) ? builds.DescriptionOf(build.Inputs) : ""),
                    StringComparer.Ordinal),
            Holds = holds.All.ToImmutableDictionary(pair => ModelName.Parse(pair.Key), pair => pair.Value),
            Approvals = approvals.All,
            Policies = runtime.Policies.Models,
            Resident = [.. runtime.Loaded.SelectMany(model => model.Names.Add(model.Name))],
        };
    }

    private string? DigestOf(ModelName name)
    {
        try
        {
            return store.Find(name)?.Digest;
        }
        catch (StoreException)
        {
            // A manifest that cannot be read is of no use: it counts as absent, and is replaced.
            return null;
        }
    }
}
