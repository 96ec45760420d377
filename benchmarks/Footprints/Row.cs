using System.Globalization;
using ModelOps.ModelStore.Footprints;
using ModelOps.Runtime.Engines;

namespace ModelOps.Footprints;

/// <summary>One load: what was said of it, and what it took.</summary>
internal sealed record Row(string Model, LoadProfile Profile, Footprint Said, long Probe, EngineMemory Taken)
{
    private const double Mebi = 1 << 20;

    internal static string Head =>
        $"{"model",-18} {"context",12} {"weights",17} {"cache",17} {"compute",17} {"error",8} {"probe",8} {"total error",12}";

    /// <summary>Weights and caches are what was said, but for the two digits that the engine prints.</summary>
    internal bool IsExact => IsSame(Said.Weights, Taken.Weights) && IsSame(Said.KeyValueCache, Taken.KeyValueCache);

    internal double ComputeError => Error(Said.Compute, Taken.Compute);

    internal double ProbeError => Error(Probe, Taken.Compute);

    internal double TotalError => Error(Said.Total, Taken.Total);

    internal string ToText() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Model,-18} {Profile.ContextLength,5}x{Profile.Slots} {Profile.KvCacheType,-4} {Pair(Said.Weights, Taken.Weights)} "
            + $"{Pair(Said.KeyValueCache, Taken.KeyValueCache)} {Pair(Said.Compute, Taken.Compute)} {ComputeError,8:P1} "
                + $"{ProbeError,8:P1} {TotalError,12:P1}");

    private static string Pair(long said, long taken) =>
        string.Create(CultureInfo.InvariantCulture, $"{said / Mebi,8:F2}/{taken / Mebi,8:F2}");

    private static double Error(long said, long taken) => ((double)said / taken) - 1;

    private static bool IsSame(long said, long taken) => Math.Abs(said - taken) <= 0.03 * Mebi;
}
