using System.Collections.Immutable;

namespace ModelOps.Runtime.Engines;

/// <summary>What comes out of a sequence: its prompt where that was asked for, text as it is decoded, then one end.</summary>
public abstract record EngineChunk
{
    private EngineChunk()
    {
    }

    /// <summary>The next tokens of the prompt, before any text.</summary>
    /// <param name="Logprobs">
    /// One entry a token, with its text whatever it is. The first token of a prompt has nothing before it: 0, and no alternatives.
    /// </param>
    public sealed record Prompt(ImmutableArray<TokenLogprob> Logprobs) : EngineChunk;

    /// <summary>Decoded text, never half a character. May be empty when only tokens or log probabilities came.</summary>
    /// <param name="Value">The new text.</param>
    /// <param name="Tokens">The tokens behind it, in order.</param>
    /// <param name="Logprobs">One entry a token when they were asked for, else empty.</param>
    public sealed record Text(string Value, ImmutableArray<int> Tokens, ImmutableArray<TokenLogprob> Logprobs) : EngineChunk;

    /// <summary>The last chunk.</summary>
    /// <param name="Reason">Why decoding ended.</param>
    /// <param name="Usage">What it took.</param>
    public sealed record End(EngineStopReason Reason, EngineUsage Usage) : EngineChunk;
}

/// <summary>Why a sequence ended.</summary>
public enum EngineStopReason
{
    /// <summary>An end-of-turn token or a stop text.</summary>
    Stop,

    /// <summary>The token limit, a full context without shift, or endless repetition.</summary>
    Length,
}

/// <summary>Counts and times of one sequence.</summary>
/// <param name="PromptTokens">Tokens of the prompt, cached ones included.</param>
/// <param name="CachedTokens">Of them, taken from a cached prefix.</param>
/// <param name="GeneratedTokens">Tokens generated, the ending one included.</param>
/// <param name="PromptTime">From admission to the first token.</param>
/// <param name="GenerationTime">From the end of the prompt to the last token.</param>
public sealed record EngineUsage(int PromptTokens, int CachedTokens, int GeneratedTokens, TimeSpan PromptTime, TimeSpan GenerationTime);

/// <summary>Natural logarithm of a token's probability under the unmodified distribution.</summary>
/// <param name="Token">Token number.</param>
/// <param name="Text">The token as UTF-8 bytes; may be half a character.</param>
/// <param name="Logprob">Natural logarithm, at most 0.</param>
/// <param name="Top">The most likely tokens at this place, best first.</param>
public sealed record TokenLogprob(int Token, ImmutableArray<byte> Text, float Logprob, ImmutableArray<TokenLogprob> Top);
