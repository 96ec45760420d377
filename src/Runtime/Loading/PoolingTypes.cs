namespace ModelOps.Runtime.Loading;

/// <summary>How the vectors of an input's tokens become one, by the engine's numbers.</summary>
internal static class PoolingTypes
{
    /// <summary>They do not; the last token's stands for the input.</summary>
    internal const int None = 0;

    /// <summary>A head on top gives scores instead of a vector.</summary>
    internal const int Rank = 4;
}
