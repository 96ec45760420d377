using System.Collections.Immutable;

namespace ModelOps.Reconciler.Desired;

/// <summary>What a new build must pass before it serves.</summary>
public sealed record GateSpec
{
    /// <summary>Questions, in order.</summary>
    public ImmutableArray<SmokeSpec> Smoke { get; init; } = [];

    /// <summary>Least tokens a second over all answers; null judges none.</summary>
    public double? MinTokensPerSecond { get; init; }

    /// <summary>Longest time to the first token of any answer; null judges none.</summary>
    public TimeSpan? MaxFirstToken { get; init; }

    /// <summary>Texts whose vectors must be near to stored ones.</summary>
    public ImmutableArray<EmbeddingCheck> Embedding { get; init; } = [];

    /// <summary>Texts that must be likely enough.</summary>
    public ImmutableArray<LikelihoodCheck> Likelihood { get; init; } = [];

    /// <summary>There is nothing to pass.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>How many questions and texts there are.</summary>
    public int Count => Smoke.Length + Embedding.Length + Likelihood.Length;
}

/// <summary>One smoke question.</summary>
/// <param name="Prompt">What is asked, at temperature 0.</param>
/// <param name="Contains">Text that the answer must hold.</param>
/// <param name="Regex">Expression that the answer must match.</param>
/// <param name="MaxTokens">Longest answer.</param>
/// <param name="Timeout">Longest time, loading not counted.</param>
public sealed record SmokeSpec(string Prompt, string? Contains, string? Regex, int MaxTokens, TimeSpan Timeout)
{
    /// <summary>JSON Schema that the answer must fit, as JSON.</summary>
    public string? Schema { get; init; }

    /// <summary>The answer must not be empty, whatever else it is.</summary>
    public bool NotEmpty { get; init; }
}

/// <summary>The vector of a text must be near to a stored one.</summary>
/// <param name="Text">The text.</param>
/// <param name="Path">File of the repository with the vector.</param>
/// <param name="MinCosine">Least cosine of the angle between both.</param>
public sealed record EmbeddingCheck(string Text, string Path, double MinCosine)
{
    /// <summary>The vector of the file; empty until the revision is read.</summary>
    public ImmutableArray<float> Vector { get; init; } = [];
}

/// <summary>A text must be likely enough.</summary>
/// <param name="Text">The text, as it stands.</param>
/// <param name="MinPerToken">Least natural logarithm of the probability of a token, on the average.</param>
public sealed record LikelihoodCheck(string Text, double MinPerToken);
