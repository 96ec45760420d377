using System.Collections.Immutable;

namespace ModelOps.Runtime.Engines;

/// <summary>What of a model decides which native libraries it is hosted with.</summary>
/// <param name="Architectures">
/// <c>general.architecture</c> of the weights and of the draft, as far as they are known: the libraries must know them all.
/// </param>
/// <param name="HeadWidth">Numbers of one attention head, 0 when unknown.</param>
/// <param name="UsesTiles">As <see cref="LoadProfile.UsesTiles"/>.</param>
public sealed record EngineNeeds(ImmutableArray<string> Architectures, int HeadWidth, bool UsesTiles = false)
{
    /// <summary>Of a model of which nothing is known.</summary>
    public static EngineNeeds Unknown { get; } = new([], 0);
}
