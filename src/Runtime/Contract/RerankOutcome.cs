using System.Collections.Immutable;
using ModelOps.Prompting.Events;

namespace ModelOps.Runtime.Contract;

/// <summary>One score a document, in their order and on the model's own scale; higher answers better.</summary>
public sealed record RerankOutcome(ImmutableArray<float> Scores, int PromptTokens, ServedBy ServedBy)
{
    /// <summary>As <see cref="InferenceEvent.Admitted.IgnoredSettings"/>.</summary>
    public ImmutableArray<string> IgnoredSettings { get; init; } = [];
}
