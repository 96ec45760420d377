using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>The policies in force. A model's policy changes when its names do, not before.</summary>
internal sealed class PolicyBook(IModelRuntime runtime, ManagedNames managed)
{
    private readonly Lock _turn = new();

    /// <summary>
    /// Brings models that wait for nothing to a revision, all at once. One that waits keeps its policy; after a start it has none, and
    /// gets the one of the revision whose build it serves.
    /// </summary>
    internal void Settle(DesiredState desired, ImmutableHashSet<ModelName> waiting) => Change(table =>
    {
        var changes = ImmutableArray.CreateBuilder<KeyValuePair<ModelName, ModelPolicy>>();
        foreach (var model in desired.Models)
        {
            foreach (var name in model.Names)
            {
                if (!waiting.Contains(model.Name))
                    changes.Add(KeyValuePair.Create(name, model.PolicyOf(name, desired.Revision)));
                else if (!table.ContainsKey(name) && managed.Find(name) is { } record)
                    changes.Add(KeyValuePair.Create(name, model.PolicyOf(name, record.Revision)));
            }
        }

        return table.SetItems(changes);
    });

    /// <summary>One model is as declared now.</summary>
    internal void Set(DesiredModel model, string revision) =>
        Change(table => table.SetItems(model.Names.Select(name => KeyValuePair.Create(name, model.PolicyOf(name, revision)))));

    /// <summary>A name is not ours any more.</summary>
    internal void Remove(ModelName name) => Change(table => table.Remove(name));

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
