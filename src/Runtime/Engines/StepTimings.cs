namespace ModelOps.Runtime.Engines;

/// <summary>How long calls of the engine take that compute one layer of a model with one variant of its libraries.</summary>
/// <param name="One">Seconds of a call that decodes one token.</param>
/// <param name="All">Seconds of a call that decodes a token of each slot.</param>
/// <param name="Prompt">Seconds of a call that computes <see cref="PromptTokens"/> tokens of a prompt.</param>
/// <param name="Slots">How many slots that were.</param>
/// <param name="Variant">The variant; null where there is one for all processors.</param>
public sealed record StepTimings(double One, double All, double Prompt, int Slots, string? Variant)
{
    /// <summary>Another variant of the code that is loaded beside it would take as long with the weights as it takes alone.</summary>
    public bool IsShared { get; init; }

    /// <summary>Tokens of a prompt that are computed in one call.</summary>
    public const int PromptTokens = 256;

    /// <summary>Tokens of the answer to it, as far as it is judged.</summary>
    public const int AnswerTokens = 128;

    /// <summary>
    /// Seconds of a request: its prompt, half of its answer alone and half of it while all slots answer.
    /// </summary>
    public double Request => Prompt + (AnswerTokens / 2 * (One + (All / Slots)));
}
