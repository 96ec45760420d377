using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>The policies in force. A model's policy changes when its names do, not before.</summary>
internal sealed class PolicyBook(IModelRuntime runtime)
{
    private readonly Lock _turn = new();

    /// <summary>Names go by these policies now, all at once.</summary>
    internal void Set(IEnumerable<ModelPolicy> policies) =>
        Change(table => table.SetItems(policies.Select(policy => KeyValuePair.Create(policy.Name, policy))));

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
