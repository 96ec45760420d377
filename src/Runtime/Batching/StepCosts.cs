namespace ModelOps.Runtime.Batching;

/// <summary>What a call of the engine costs by the number of sequences that it decodes, with one number of threads.</summary>
/// <remarks>
/// Measured, never assumed: eight sequences may take less time than seven. Each is a median of the last few, so that one late step says
/// nothing.
/// </remarks>
internal sealed class StepCosts
{
    /// <summary>Sequences of the largest call that is told apart.</summary>
    internal const int Most = 64;

    private const int Kept = 8;
    private const int Enough = 3;

    /// <summary>Halves of the samples that lie further apart than this share of the median are noise.</summary>
    private const double Quiet = 0.35;

    private readonly double[]?[] _samples = new double[Most + 1][];
    private readonly int[] _count = new int[Most + 1];
    private readonly long[] _seen = new long[Most + 1];
    private readonly double[] _median = new double[Most + 1];
    private readonly bool[] _isNoisy = new bool[Most + 1];
    private readonly double[] _sorted = new double[Kept];

    /// <summary>Enough calls of this size were measured.</summary>
    internal bool Knows(int size) => _count[size] >= Enough;

    /// <summary>Seconds of such a call; meaningful where <see cref="Knows"/>.</summary>
    internal double Of(int size) => _median[size];

    /// <summary>Its times lie too far apart to be compared.</summary>
    internal bool IsNoisy(int size) => _isNoisy[size];

    /// <summary>Calls that were measured since this size was.</summary>
    internal long Age(int size, long now) => now - _seen[size];

    /// <param name="size">Sequences of the call.</param>
    /// <param name="seconds">Its time.</param>
    /// <param name="now">Calls measured so far.</param>
    internal void Add(int size, double seconds, long now)
    {
        var samples = _samples[size] ??= new double[Kept];
        samples[_count[size]++ % Kept] = seconds;
        _seen[size] = now;
        var have = Math.Min(_count[size], Kept);
        var sorted = _sorted.AsSpan(0, have);
        samples.AsSpan(0, have).CopyTo(sorted);
        sorted.Sort();
        _median[size] = sorted[have / 2];
        _isNoisy[size] = have >= Enough && sorted[have * 3 / 4] - sorted[have / 4] > Quiet * _median[size];
    }
}
