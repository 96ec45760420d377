using System.Numerics;
using System.Runtime.InteropServices;
using LLama.Native;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Sampling;

/// <summary>Finds the largest logits without sorting the vocabulary.</summary>
internal static class TopTokens
{
    /// <summary>Number of the largest logit; of equal ones the first.</summary>
    internal static int Largest(ReadOnlySpan<float> logits)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(logits);
        var best = new Vector<float>(float.NegativeInfinity);
        foreach (var vector in vectors)
            best = Vector.Max(best, vector);

        var top = float.NegativeInfinity;
        for (var lane = 0; lane < Vector<float>.Count; lane++)
            top = Math.Max(top, best[lane]);

        for (var rest = vectors.Length * Vector<float>.Count; rest < logits.Length; rest++)
            top = Math.Max(top, logits[rest]);

        return Math.Max(0, logits.IndexOf(top));
    }

    /// <summary>The <paramref name="count"/> best tokens, best first, in the room of <paramref name="buffer"/>.</summary>
    internal static LlamaTokenDataArray Fill(CandidateBuffer buffer, ReadOnlySpan<float> logits, int count) =>
        buffer.Sorted(Select(logits, buffer.First(count)));

    /// <summary>Fills <paramref name="best"/> with the largest logits, best first, and returns how many there are.</summary>
    internal static int Select(ReadOnlySpan<float> logits, Span<LLamaTokenData> best)
    {
        var count = 0;
        var floor = float.NegativeInfinity;
        var token = 0;
        for (; token < logits.Length && count < best.Length; token++)
            Insert(best, ref count, token, logits[token]);

        if (count == best.Length && count > 0)
            floor = best[count - 1].Logit;

        // Whole vectors below the worst of the best are skipped: nearly all of them, once the first few were seen.
        var width = Vector<float>.Count;
        while (token + width <= logits.Length)
        {
            if (Vector.GreaterThanAny(new Vector<float>(logits.Slice(token, width)), new Vector<float>(floor)))
            {
                for (var lane = 0; lane < width; lane++)
                    Replace(best, token + lane, logits[token + lane], ref floor);
            }

            token += width;
        }

        for (; token < logits.Length; token++)
            Replace(best, token, logits[token], ref floor);

        return count;
    }

    private static void Replace(Span<LLamaTokenData> best, int token, float logit, ref float floor)
    {
        if (logit > floor)
        {
            var count = best.Length - 1;
            Insert(best, ref count, token, logit);
            floor = best[^1].Logit;
        }
    }

    private static void Insert(Span<LLamaTokenData> best, ref int count, int token, float logit)
    {
        var at = count++;
        while (at > 0 && best[at - 1].Logit < logit)
        {
            best[at] = best[at - 1];
            at--;
        }

        best[at] = new LLamaTokenData(token, logit, 0);
    }
}
