using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Native;
using ModelOps.Runtime.Sampling;

namespace ModelOps.Runtime.Batching;

/// <summary>Reports how likely the tokens of a prompt are, step by step: a token's logits give the probability of the next one.</summary>
internal static class PromptTelling
{
    /// <summary>Reports what the step that just ended shows. To be called before the sequence counts its tokens as computed.</summary>
    internal static void Tell(Sequence sequence, ContextHandle context, Vocabulary vocabulary)
    {
        var (cache, part) = (sequence.Cache, sequence.Part);
        var tokens = CollectionsMarshal.AsSpan(cache.Tokens);
        var told = ImmutableArray.CreateBuilder<TokenLogprob>(part.Count + 1);
        if (cache.Computed == 0)
            told.Add(Logprobs.OfFirst(vocabulary, tokens[0]));

        for (var at = 0; at < part.Count && cache.Computed + at + 1 < tokens.Length; at++)
        {
            var logits = NativeOutput.Logits(context, part.First + at, vocabulary.Size);
            told.Add(Logprobs.OfPrompt(vocabulary, logits, tokens[cache.Computed + at + 1], sequence.Request.PromptLogprobs));
        }

        if (told.Count > 0)
            sequence.Sink.Prompt(told.DrainToImmutable());
    }
}
