using System.Collections.Immutable;
using ModelOps.ModelStore.Names;

namespace ModelOps.Runtime.Contract;

/// <summary>All managed names at once; replaced as a whole.</summary>
public sealed record PolicyTable(ImmutableDictionary<ModelName, ModelPolicy> Models)
{
    /// <summary>Nothing is managed.</summary>
    public static PolicyTable Empty { get; } = new(ImmutableDictionary<ModelName, ModelPolicy>.Empty);
}
