using ModelOps.Runtime.Loading;

namespace ModelOps.Runtime.Batching;

/// <summary>What a call of the engine costs by the number of sequences that it decodes, with one number of threads.</summary>
/// <remarks>
/// Measured, never assumed: eight sequences may take less time than seven. Each is the lower quartile of the last few, since whatever else
/// the machine does only makes a step longer.
/// </remarks>
internal sealed class StepCosts
{
    /// <summary>Sequences of the largest call that is told apart.</summary>
    internal const int Most = EngineContext.MaxShaped;

    private const int Kept = 8;
    private const int Enough = 3;

    /// <summary>
    /// Where the least of the samples lies further below the median than this share of it, they are noise: spikes only lie above.
    /// </summary>
    private const double Quiet = 0.35;

    private const int Old = 1000;
    private const double Other = 0.15;
    private const int Tile = 4;
    private const double HopeForSame = 0.95;
    private const double Hope = 0.9;
    private const double HopeForTiles = 0.75;

    private readonly double[]?[] _samples = new double[Most + 1][];
    private readonly int[] _count = new int[Most + 1];
    private readonly long[] _seen = new long[Most + 1];
    private readonly double[] _usual = new double[Most + 1];
    private readonly bool[] _isNoisy = new bool[Most + 1];
    private readonly double[] _sorted = new double[Kept];

    /// <summary>Enough calls of this size were measured.</summary>
    internal bool Knows(int size) => _count[size] >= Enough;

    /// <summary>At least one was measured.</summary>
    internal bool IsSeen(int size) => _count[size] > 0;

    /// <summary>Seconds of such a call; zero until one was measured.</summary>
    internal double Of(int size) => _usual[size];

    /// <summary>Enough calls of this size were measured, and their times lie near enough to be compared.</summary>
    internal bool IsSure(int size) => Knows(size) && !_isNoisy[size];

    /// <summary>Calls that were measured since this size was.</summary>
    internal long Age(int size, long now) => now - _seen[size];

    /// <summary>
    /// Seconds that such a call may be hoped to take: less than lies between its neighbours that were measured, or less than it took the
    /// few times that it was; infinite when nothing was measured.
    /// </summary>
    internal double HopeFor(int size)
    {
        // The engine computes tiles of some tokens, so multiples are likelier to be cheap.
        var hope = size % Tile == 0 ? HopeForTiles : Hope;
        if (_count[size] > 0)
            return _usual[size] * HopeForSame;
        var (below, above) = (size - 1, size + 1);
        while (below > 0 && _count[below] == 0)
            below--;
        while (above <= Most && _count[above] == 0)
            above++;
        if (above <= Most)
        {
            var share = (double)(size - below) / (above - below);
            return hope * (_usual[below] + (share * (_usual[above] - _usual[below])));
        }

        return below > 0 ? hope * _usual[below] * size / below : double.PositiveInfinity;
    }

    /// <param name="size">Sequences of the call.</param>
    /// <param name="seconds">Its time.</param>
    /// <param name="now">Calls measured so far.</param>
    internal void Add(int size, double seconds, long now)
    {
        // What was not measured for long and is another now is learned anew.
        if (now - _seen[size] >= Old && Math.Abs(seconds - _usual[size]) > Other * _usual[size])
            _count[size] = 0;
        var samples = _samples[size] ??= new double[Kept];
        samples[_count[size]++ % Kept] = seconds;
        _seen[size] = now;
        var have = Math.Min(_count[size], Kept);
        var sorted = _sorted.AsSpan(0, have);
        samples.AsSpan(0, have).CopyTo(sorted);
        sorted.Sort();
        _usual[size] = sorted[have / 4];
        _isNoisy[size] = have >= Enough && sorted[have / 2] - sorted[0] > Quiet * sorted[have / 2];
    }
}
