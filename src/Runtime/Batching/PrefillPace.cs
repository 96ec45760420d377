namespace ModelOps.Runtime.Batching;

/// <summary>How many prompt tokens a step may compute, so that a long prompt does not stall streams that decode.</summary>
/// <remarks>A pure estimate: from the times of past steps it computes how many tokens fit the time a reader does not notice.</remarks>
internal sealed class PrefillPace(int batchSize)
{
    private const int Least = 16;
    private static readonly TimeSpan s_noticeable = TimeSpan.FromMilliseconds(120);
    private double _tokensPerSecond;

    /// <summary>Prompt tokens of the next step.</summary>
    internal int Next(bool othersDecode) =>
        !othersDecode || _tokensPerSecond <= 0
            ? batchSize
            : Math.Clamp((int)(_tokensPerSecond * s_noticeable.TotalSeconds), Math.Min(Least, batchSize), batchSize);

    internal void Observe(int tokens, TimeSpan elapsed)
    {
        if (tokens < Least || elapsed <= TimeSpan.Zero)
            return;

        var rate = tokens / elapsed.TotalSeconds;
        _tokensPerSecond = _tokensPerSecond <= 0 ? rate : (_tokensPerSecond * 0.7) + (rate * 0.3);
    }
}
