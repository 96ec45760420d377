namespace ModelOps.Runtime.Contract;

/// <summary>When a model is in memory.</summary>
public enum ResidencyMode
{
    /// <summary>Loaded by a request, unloaded after <c>keepAlive</c>.</summary>
    OnDemand,

    /// <summary>Pinned: in memory before the first request, and never evicted.</summary>
    Always,

    /// <summary>Prebuilt only; a request for it is refused.</summary>
    Never,
}
