using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Sampling;

/// <summary>Log probabilities under the unmodified distribution.</summary>
internal static class Logprobs
{
    /// <summary>The entry of one sampled token; an end-of-turn token has no text.</summary>
    internal static TokenLogprob Of(Vocabulary vocabulary, ReadOnlySpan<float> logits, int token, int top)
    {
        var normalizer = LogSumExp(logits);
        var best = new LlamaTokenData[Math.Min(top, logits.Length)];
        var found = best.Length == 0 ? 0 : TopTokens.Select(logits, best);
        var alternatives = ImmutableArray.CreateBuilder<TokenLogprob>(found);
        for (var at = 0; at < found; at++)
            alternatives.Add(Entry(vocabulary, best[at].Id, best[at].Logit - normalizer, []));

        return Entry(vocabulary, token, logits[token] - normalizer, alternatives.DrainToImmutable());
    }

    /// <summary>Probability of a token under the unmodified distribution.</summary>
    internal static double ChanceOf(ReadOnlySpan<float> logits, int token) => Math.Exp(logits[token] - LogSumExp(logits));

    private static TokenLogprob Entry(Vocabulary vocabulary, int token, float logprob, ImmutableArray<TokenLogprob> top) =>
        new(token, vocabulary.IsEnd(token) ? [] : ImmutableCollectionsMarshal.AsImmutableArray(vocabulary.PieceOf(token)), Math.Min(logprob, 0f), top);

    private static float LogSumExp(ReadOnlySpan<float> logits)
    {
        var max = logits[TopTokens.Largest(logits)];
        var sum = 0d;
        foreach (var logit in logits)
            sum += MathF.Exp(logit - max);

        return max + (float)Math.Log(sum);
    }
}
