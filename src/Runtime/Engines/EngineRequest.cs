using System.Collections.Immutable;

namespace ModelOps.Runtime.Engines;

/// <summary>One sequence to decode.</summary>
public sealed record EngineRequest
{
    /// <summary>The prompt as tokens, BOS included where the model wants it. Not empty.</summary>
    public required ImmutableArray<int> Prompt { get; init; }

    /// <summary>How to choose tokens.</summary>
    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>Most tokens to generate; 0 only computes the prompt.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Texts that end the output and are not part of it.</summary>
    public ImmutableArray<string> Stop { get; init; } = [];

    /// <summary>GBNF text that the output must follow (root rule <c>root</c>), or null.</summary>
    public string? Grammar { get; init; }

    /// <summary>
    /// With <see cref="Grammar"/>: apply it only after this text was generated (the end of thinking); null applies it at once.
    /// </summary>
    public string? GrammarStartsAfter { get; init; }

    /// <summary>
    /// With <see cref="Grammar"/>: text of the answer that the prompt ends with already; the grammar passes over what it allows of it.
    /// </summary>
    public string GrammarPasses { get; init; } = "";

    /// <summary>On a full context drop the older half and go on; else end with <c>length</c>.</summary>
    public bool Shift { get; init; } = true;

    /// <summary>Tokens at the start of the prompt that a shift keeps, BOS included; all but a few of the context at most.</summary>
    public int Keep { get; init; } = 4;

    /// <summary>-1: no log probabilities; else how many alternatives to report with each token, 0 to 20.</summary>
    public int TopLogprobs { get; init; } = -1;

    /// <summary>
    /// -1: nothing is reported of the prompt; else how many alternatives to report with each of its tokens, 0 to 20. All of the prompt is
    /// computed then, a few tokens a step, whatever is known of it already.
    /// </summary>
    public int PromptLogprobs { get; init; } = -1;

    /// <summary>Whose request it is: clients take turns at the slots.</summary>
    public string Client { get; init; } = "";

    /// <summary>Higher gets a slot first, whoever else waits.</summary>
    public int Priority { get; init; }
}

/// <summary>How the next token is chosen. Names, meaning and defaults: spec/modelfile-and-store.md 1.7.</summary>
public sealed record SamplingSettings
{
    public float Temperature { get; init; } = 0.8f;

    public int TopK { get; init; } = 40;

    public float TopP { get; init; } = 0.9f;

    public float MinP { get; init; }

    public float TypicalP { get; init; } = 1f;

    public int RepeatLastN { get; init; } = 64;

    public float RepeatPenalty { get; init; } = 1f;

    public float PresencePenalty { get; init; }

    public float FrequencyPenalty { get; init; }

    /// <summary>-1 draws a new seed.</summary>
    public int Seed { get; init; } = -1;

    /// <summary>Added to the logits of single tokens.</summary>
    public ImmutableDictionary<int, float> LogitBias { get; init; } = ImmutableDictionary<int, float>.Empty;
}
