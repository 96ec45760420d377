using System.Collections.Immutable;
using ModelOps.ModelStore.Names;

namespace ModelOps.Runtime.Contract;

/// <summary>Names that a build is about to take over.</summary>
/// <param name="Names">The names.</param>
/// <param name="DrainFirst">What serves them now leaves first even where both fit.</param>
public sealed record Takeover(ImmutableArray<ModelName> Names, bool DrainFirst = false);
