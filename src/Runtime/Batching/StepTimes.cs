namespace ModelOps.Runtime.Batching;

/// <summary>How long steps take with one number of threads: normally, and lately.</summary>
internal sealed class StepTimes
{
    private const int Learned = 2;
    private const double Slow = 2;

    private readonly double[] _normal = new double[StepClass.Count];
    private readonly double[] _recent = new double[StepClass.Count];
    private readonly int[] _count = new int[StepClass.Count];

    /// <summary>Enough steps of this class were seen to compare with.</summary>
    internal bool Knows(int kind) => _count[kind] >= Learned;

    /// <summary>Seconds of such a step lately; null when none is known.</summary>
    internal double? Recent(int kind) => _count[kind] > 0 ? _recent[kind] : null;

    /// <summary>How many times longer than normal; null when normal is not known.</summary>
    internal double? SlownessOf(int kind, double seconds) => Knows(kind) ? seconds / _normal[kind] : null;

    internal void Add(int kind, double seconds)
    {
        _recent[kind] = _count[kind] == 0 ? seconds : (_recent[kind] * 0.7) + (seconds * 0.3);
        // A slow step does not change what is normal. Normal follows slowly, since a step over a longer context takes longer.
        _normal[kind] = _count[kind] switch
        {
            0 => seconds,
            < Learned => Math.Min(_normal[kind], seconds),
            _ when seconds > _normal[kind] * Slow => _normal[kind],
            _ => (_normal[kind] * 0.9) + (seconds * 0.1),
        };
        if (_count[kind] < Learned)
            _count[kind]++;
    }

    /// <summary>The recent times count as normal from now on.</summary>
    internal void TakeAsNormal() => _recent.CopyTo(_normal, 0);

    internal void Forget() => Array.Clear(_count);
}
