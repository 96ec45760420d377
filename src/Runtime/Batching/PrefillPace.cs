namespace ModelOps.Runtime.Batching;

/// <summary>How many prompt tokens a step may compute, so that a long prompt does not stall streams that decode.</summary>
/// <remarks>A pure estimate: from the times of past steps it computes how many tokens fit the time a reader does not notice.</remarks>
internal sealed class PrefillPace(int batchSize)
{
    private const int Least = 16;
    private const double Rounds = 2;
    private static readonly TimeSpan s_noticeable = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(400);
    private double _tokensPerSecond;

    /// <summary>Prompt tokens of the next step.</summary>
    /// <param name="othersDecode">There are streams that it would stall.</param>
    /// <param name="round">
    /// What a token of each stream will take once the prompts are computed; zero when that is not known. A pause of twice that is no longer
    /// than what comes anyway, and the sooner all streams run, the more of them are computed together.
    /// </param>
    internal int Next(bool othersDecode, TimeSpan round)
    {
        if (!othersDecode || _tokensPerSecond <= 0)
            return batchSize;
        var pause = Math.Max(s_noticeable.TotalSeconds, Math.Min(round.TotalSeconds * Rounds, s_longest.TotalSeconds));
        return Math.Clamp((int)(_tokensPerSecond * pause), Math.Min(Least, batchSize), batchSize);
    }

    internal void Observe(int tokens, TimeSpan elapsed)
    {
        if (tokens < Least || elapsed <= TimeSpan.Zero)
            return;

        var rate = tokens / elapsed.TotalSeconds;
        _tokensPerSecond = _tokensPerSecond <= 0 ? rate : (_tokensPerSecond * 0.7) + (rate * 0.3);
    }
}
