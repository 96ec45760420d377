using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.State;

/// <summary>The policy that a name went by last: a pin outlives a restart even where git does not declare the name any more.</summary>
/// <param name="Residency">When it is in memory.</param>
/// <param name="KeepAlive">Idle time before it is unloaded; null is the server's default.</param>
/// <param name="Priority">Higher stays longer when memory is short.</param>
/// <param name="Runtime">Declared load settings.</param>
/// <param name="DeclaredAt">Where it was declared.</param>
internal sealed record StoredPolicy(
    ResidencyMode Residency, TimeSpan? KeepAlive, int Priority, RuntimeSettings Runtime, string DeclaredAt)
{
    internal static StoredPolicy Of(ModelPolicy policy) =>
        new(policy.Residency, policy.KeepAlive, policy.Priority, policy.Runtime, policy.DeclaredAt);

    internal ModelPolicy For(ModelName name, string revision) => new()
    {
        Name = name,
        Residency = Residency,
        KeepAlive = KeepAlive,
        Priority = Priority,
        Runtime = Runtime,
        Revision = revision,
        DeclaredAt = DeclaredAt,
    };

    /// <summary>Whether it says the same; where that stands may differ.</summary>
    internal bool IsSameAs(StoredPolicy? other) => other is not null && this with { DeclaredAt = "" } == other with { DeclaredAt = "" };
}
