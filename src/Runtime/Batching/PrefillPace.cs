namespace ModelOps.Runtime.Batching;

/// <summary>How many prompt tokens a step may compute, so that a long prompt does not stall streams that decode.</summary>
/// <remarks>A pure estimate: from the times of past steps it computes how many tokens fit the time a reader does not notice.</remarks>
internal sealed class PrefillPace(int batchSize)
{
    private const int Least = 16;
    private const double Rounds = 2;
    private static readonly TimeSpan s_noticeable = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(400);

    /// <summary>Tokens a second by the class of the step: a token of a small step takes longer.</summary>
    private readonly double[] _rates = new double[StepClass.Count];

    /// <summary>Prompt tokens of the next step.</summary>
    /// <param name="othersDecode">There are streams that it would stall.</param>
    /// <param name="round">
    /// What a token of each stream will take once the prompts are computed; zero when that is not known. A pause of twice that is no longer
    /// than what comes anyway, and the sooner all streams run, the more of them are computed together.
    /// </param>
    internal int Next(bool othersDecode, TimeSpan round)
    {
        if (!othersDecode)
            return batchSize;
        var pause = Math.Max(s_noticeable.TotalSeconds, Math.Min(round.TotalSeconds * Rounds, s_longest.TotalSeconds));
        var tokens = batchSize;
        for (var kind = StepClass.Count - 1; kind >= 0; kind--)
        {
            if (_rates[kind] <= 0)
                continue;
            tokens = Math.Min((int)(_rates[kind] * pause), batchSize);
            if (StepClass.Of(tokens) >= kind)
                break;
        }

        return Math.Max(tokens, Math.Min(Least, batchSize));
    }

    /// <summary>How long a step with so many tokens of prompts will take; zero when that is not known.</summary>
    internal TimeSpan TimeOf(int tokens)
    {
        var kind = StepClass.Of(tokens);
        for (var distance = 0; distance < StepClass.Count; distance++)
        {
            var rate = Math.Max(RateOf(kind - distance), RateOf(kind + distance));
            if (rate > 0)
                return TimeSpan.FromSeconds(tokens / rate);
        }

        return TimeSpan.Zero;
    }

    internal void Observe(int tokens, TimeSpan elapsed)
    {
        if (tokens < Least || elapsed <= TimeSpan.Zero)
            return;

        ref var rate = ref _rates[StepClass.Of(tokens)];
        rate = rate <= 0 ? tokens / elapsed.TotalSeconds : (rate * 0.7) + (tokens / elapsed.TotalSeconds * 0.3);
    }

    private double RateOf(int kind) => kind is >= 0 and < StepClass.Count ? _rates[kind] : 0;
}
