using System.Collections.Immutable;

namespace ModelOps.Reconciler.State;

/// <summary>Which names of a model are ours, as it stands in the store beside the model.</summary>
/// <param name="Version">Form of this record.</param>
/// <param name="Owner">Identity of the home that owns them.</param>
/// <param name="Names">The names.</param>
internal sealed record OwnershipRecord(int Version, string Owner, ImmutableArray<ManagedName> Names)
{
    internal const int NewestVersion = 1;
}
