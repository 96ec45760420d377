using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LLama.Native;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Sampling;

/// <summary>Log probabilities under the unmodified distribution.</summary>
internal static class Logprobs
{
    /// <summary>The entry of one sampled token; an end-of-turn token has no text.</summary>
    internal static TokenLogprob Of(Vocabulary vocabulary, ReadOnlySpan<float> logits, int token, int top) =>
        Of(vocabulary, logits, token, top, isPrompt: false);

    /// <summary>The entry of one token of a prompt, where control tokens are text as any other.</summary>
    internal static TokenLogprob OfPrompt(Vocabulary vocabulary, ReadOnlySpan<float> logits, int token, int top) =>
        Of(vocabulary, logits, token, top, isPrompt: true);

    /// <summary>The entry of a prompt's first token, which nothing makes likely or unlikely.</summary>
    internal static TokenLogprob OfFirst(Vocabulary vocabulary, int token) => Entry(vocabulary, token, 0f, [], isPrompt: true);

    /// <summary>Probability of a token under the unmodified distribution.</summary>
    internal static double ChanceOf(ReadOnlySpan<float> logits, int token) => Math.Exp(logits[token] - LogSumExp(logits));

    private static TokenLogprob Of(Vocabulary vocabulary, ReadOnlySpan<float> logits, int token, int top, bool isPrompt)
    {
        var normalizer = LogSumExp(logits);
        var best = new LLamaTokenData[Math.Min(top, logits.Length)];
        var found = best.Length == 0 ? 0 : TopTokens.Select(logits, best);
        var alternatives = ImmutableArray.CreateBuilder<TokenLogprob>(found);
        for (var at = 0; at < found; at++)
            alternatives.Add(Entry(vocabulary, (int)best[at].ID, best[at].Logit - normalizer, [], isPrompt));

        return Entry(vocabulary, token, logits[token] - normalizer, alternatives.DrainToImmutable(), isPrompt);
    }

    private static TokenLogprob Entry(Vocabulary vocabulary, int token, float logprob, ImmutableArray<TokenLogprob> top, bool isPrompt)
    {
        var text = vocabulary.IsEnd(token) && !isPrompt ? [] : ImmutableCollectionsMarshal.AsImmutableArray(vocabulary.PieceOf(token));
        return new TokenLogprob(token, text, Math.Min(logprob, 0f), top);
    }

    private static float LogSumExp(ReadOnlySpan<float> logits)
    {
        var max = logits[TopTokens.Largest(logits)];
        var sum = 0d;
        foreach (var logit in logits)
            sum += MathF.Exp(logit - max);

        return max + (float)Math.Log(sum);
    }
}
