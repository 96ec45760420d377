namespace ModelOps.Runtime.Batching;

/// <summary>
/// Puts short steps of a class together until they are long enough to say something: a tenth of a millisecond is as long as it takes to
/// wake a thread, or as another process needs the processor for.
/// </summary>
internal sealed class StepSums
{
    private const double LeastSeconds = 0.002;
    private const int MostSteps = 64;

    private readonly double[] _seconds = new double[StepClass.Count];
    private readonly int[] _steps = new int[StepClass.Count];

    /// <summary>Mean seconds of a step once enough are together, else null.</summary>
    internal double? Add(int kind, double seconds)
    {
        _seconds[kind] += seconds;
        if (++_steps[kind] < MostSteps && _seconds[kind] < LeastSeconds)
            return null;
        var mean = _seconds[kind] / _steps[kind];
        (_seconds[kind], _steps[kind]) = (0, 0);
        return mean;
    }

    /// <summary>Forgets what is not together yet: other steps follow.</summary>
    internal void Clear()
    {
        Array.Clear(_seconds);
        Array.Clear(_steps);
    }
}
