using System.Collections.Immutable;
using ModelOps.Prompting.Events;

namespace ModelOps.Runtime.Contract;

/// <summary>The vectors and what they took.</summary>
public sealed record EmbedOutcome(
    ImmutableArray<ImmutableArray<float>> Embeddings, int PromptTokens, TimeSpan TotalTime, TimeSpan LoadTime, ServedBy ServedBy)
{
    /// <summary>As <see cref="InferenceEvent.Admitted.IgnoredSettings"/>.</summary>
    public ImmutableArray<string> IgnoredSettings { get; init; } = [];
}
