using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>The policies in force. A model's policy changes when its names do, not before.</summary>
internal sealed class PolicyBook(IModelRuntime runtime, ManagedNames managed)
{
    private readonly Lock _turn = new();

    /// <summary>Names go by these policies now, all at once.</summary>
    internal void Set(IEnumerable<ModelPolicy> policies)
    {
        var all = policies.ToArray();
        Change(table => table.SetItems(all.Select(policy => KeyValuePair.Create(policy.Name, policy))));
        Keep(all);
    }

    /// <summary>
    /// After a start every name of ours goes by the policy it had, whether git still declares it or not, before anything else is known.
    /// </summary>
    internal void Restore() => Change(table => table.SetItems(
        managed.All.Where(pair => pair.Value.Policy is not null && !table.ContainsKey(pair.Key))
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Policy!.For(pair.Key, pair.Value.Revision)))));

    /// <summary>Says whether the names of a source answer; those that do not are in memory for nothing.</summary>
    /// <param name="source">The source.</param>
    /// <param name="stopped">Why they do not; null when they go by their own policies.</param>
    internal void Answer(string source, string? stopped)
    {
        if (stopped is null)
            Start(source);
        else
            Stop(source, stopped);
    }

    private void Stop(string source, string why) => Change(table => table.SetItems(
        OfSource(table, source, policy => policy.Stopped != why)
            .Select(policy => KeyValuePair.Create(
                policy.Name, policy with { Stopped = why, Residency = ResidencyMode.Never, KeepAlive = TimeSpan.Zero }))));

    private void Start(string source) => Change(table => table.SetItems(
        OfSource(table, source, policy => policy.Stopped is not null)
            .Select(policy => (policy.Name, Record: managed.Find(policy.Name)!))
            .Where(pair => pair.Record.Policy is not null)
            .Select(pair => KeyValuePair.Create(pair.Name, pair.Record.Policy!.For(pair.Name, pair.Record.Revision)))));

    /// <summary>A name is not ours any more.</summary>
    internal void Remove(ModelName name) => Change(table => table.Remove(name));

    /// <summary>Writes down those that say something else than before.</summary>
    private void Keep(ModelPolicy[] policies)
    {
        var changed = policies.Select(policy => (Policy: StoredPolicy.Of(policy), Record: managed.Find(policy.Name)))
            .Where(pair => pair.Record is not null && !pair.Policy.IsSameAs(pair.Record.Policy))
            .Select(pair => pair.Record! with { Policy = pair.Policy })
            .ToImmutableArray();
        if (!changed.IsEmpty)
            managed.Set(changed);
    }

    private IEnumerable<ModelPolicy> OfSource(
        ImmutableDictionary<ModelName, ModelPolicy> table, string source, Func<ModelPolicy, bool> isMeant) =>
        table.Values.Where(policy => isMeant(policy) && managed.Find(policy.Name)?.Source == source);

    private void Change(Func<ImmutableDictionary<ModelName, ModelPolicy>, ImmutableDictionary<ModelName, ModelPolicy>> change)
    {
        lock (_turn)
        {
            var before = runtime.Policies.Models;
            var after = change(before);
            if (!ReferenceEquals(before, after) && !Same(before, after))
                runtime.ApplyPolicies(new PolicyTable(after));
        }
    }

    private static bool Same(ImmutableDictionary<ModelName, ModelPolicy> before, ImmutableDictionary<ModelName, ModelPolicy> after) =>
        before.Count == after.Count && after.All(pair => before.TryGetValue(pair.Key, out var policy) && policy == pair.Value);
}
