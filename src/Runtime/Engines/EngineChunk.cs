using System.Collections.Immutable;
using ModelOps.Prompting.Events;

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
