using System.Collections.Immutable;
using ModelOps.ModelStore.Names;

namespace ModelOps.Runtime.Contract;

/// <summary>Names that a build is about to take over.</summary>
/// <param name="Names">The names.</param>
/// <param name="DrainFirst">What serves them now leaves first even where both fit.</param>
public sealed record Takeover(ImmutableArray<ModelName> Names, bool DrainFirst = false)
{
    /// <summary>What serves them now stays where both do not fit: the new build is not loaded then.</summary>
    public bool OnlyBeside { get; init; }

    /// <summary>Most requests that may wait for the names while none of the two builds answers; null is the host's limit.</summary>
    public int? MaxWaiting { get; init; }

    /// <summary>Longest time that one of them waits before it is refused; null is the host's limit.</summary>
    public TimeSpan? MaxWait { get; init; }
}
