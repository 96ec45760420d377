using System.Diagnostics.Metrics;

namespace ModelOps.Runtime.Residency;

/// <summary>Borders of the buckets of our histograms.</summary>
internal static class Buckets
{
    /// <summary>For what may take from a millisecond to minutes.</summary>
    internal static InstrumentAdvice<double> Waits { get; } = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    };

    /// <summary>For the time between two tokens.</summary>
    internal static InstrumentAdvice<double> Tokens { get; } = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.06, 0.125, 0.25, 0.5, 1, 2, 5],
    };

    /// <summary>For what was measured, divided by what was planned.</summary>
    internal static InstrumentAdvice<double> Ratios { get; } = new()
    {
        HistogramBucketBoundaries = [0.5, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.25, 1.5, 2],
    };
}
