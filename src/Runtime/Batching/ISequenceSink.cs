using System.Collections.Immutable;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Batching;

/// <summary>Takes what one sequence produces. Called by the thread of the batch loop only; must not block.</summary>
internal interface ISequenceSink
{
    /// <summary>The next tokens of the prompt, before any text, where they were asked for.</summary>
    void Prompt(ImmutableArray<TokenLogprob> logprobs);

    /// <summary>New text (whole characters), the tokens behind it, and their log probabilities when asked for.</summary>
    void Text(ReadOnlySpan<byte> utf8, ReadOnlySpan<int> tokens, ImmutableArray<TokenLogprob> logprobs);

    /// <summary>The last call: it is done.</summary>
    void End(EngineStopReason reason, EngineUsage usage);

    /// <summary>The last call: it could not be served, or the engine ended.</summary>
    void Fail(Exception error);
}
