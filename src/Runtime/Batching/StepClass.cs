using System.Numerics;

namespace ModelOps.Runtime.Batching;

/// <summary>Steps that should take about equally long: those with about as many tokens.</summary>
internal static class StepClass
{
    internal const int Count = 16;

    /// <summary>0 for one token, 1 for two, 2 for up to four, and so on.</summary>
    internal static int Of(int tokens) =>
        tokens <= 1 ? 0 : Math.Min(Count - 1, 32 - BitOperations.LeadingZeroCount((uint)(tokens - 1)));
}
