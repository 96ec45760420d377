namespace ModelOps.Http.Metrics;

/// <summary>What one instrument measured under one set of labels. Safe to call from many threads.</summary>
/// <param name="borders">Upper borders of the buckets of a histogram; empty for anything else.</param>
internal sealed class MetricSeries(IReadOnlyList<double> borders)
{
    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[borders.Count];
    private double _sum;
    private long _count;

    internal void Add(double value)
    {
        lock (_gate)
        {
            _sum += value;
            _count++;
            for (var bucket = 0; bucket < _counts.Length; bucket++)
            {
                if (value <= borders[bucket])
                    _counts[bucket]++;
            }
        }
    }

    internal void Set(double value)
    {
        lock (_gate)
            (_sum, _count) = (value, 1);
    }

    internal Reading Read()
    {
        lock (_gate)
            return new Reading(_sum, _count, [.. borders.Zip(_counts)]);
    }

    /// <summary>Values of one moment.</summary>
    /// <param name="Sum">Sum, or the only value.</param>
    /// <param name="Count">How many were added.</param>
    /// <param name="Buckets">How many were at most each border.</param>
    internal sealed record Reading(double Sum, long Count, IReadOnlyList<(double Border, long Count)> Buckets);
}
