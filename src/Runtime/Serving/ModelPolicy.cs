using System.Collections.Immutable;
using ModelOps.ModelStore.Names;

namespace ModelOps.Runtime.Serving;

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

/// <summary>Load settings that the models repository declares; null leaves a setting to the Modelfile, environment or default.</summary>
public sealed record RuntimeSettings(int? Context = null, int? Parallel = null, string? KvCacheType = null)
{
    /// <summary>Most tokens guessed at a time from what a text said before; 0 guesses none.</summary>
    public int? LookupTokens { get; init; }

    /// <summary>Tokens of finished chats that are set aside in main memory when others need their slot; 0 sets none aside.</summary>
    public int? PrefixTokens { get; init; }

    /// <summary>Most tokens that the draft model guesses at a time; 0 does not load it.</summary>
    public int? DraftTokens { get; init; }
}

/// <summary>What git says of one managed name (a model or one of its aliases). Clients cannot override it.</summary>
public sealed record ModelPolicy
{
    /// <summary>The name that clients use.</summary>
    public required ModelName Name { get; init; }

    /// <summary>When it is in memory.</summary>
    public required ResidencyMode Residency { get; init; }

    /// <summary>Idle time before an on-demand model is unloaded; null is the server's default.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>Higher stays longer when memory is short.</summary>
    public int Priority { get; init; }

    /// <summary>Declared load settings.</summary>
    public RuntimeSettings Runtime { get; init; } = new();

    /// <summary>Revision that declares it.</summary>
    public required string Revision { get; init; }

    /// <summary>Where in the models repository to edit it, e.g. <c>modelops.yaml:12</c>.</summary>
    public required string DeclaredAt { get; init; }
}

/// <summary>All managed names at once; replaced as a whole.</summary>
public sealed record PolicyTable(ImmutableDictionary<ModelName, ModelPolicy> Models)
{
    /// <summary>Nothing is managed.</summary>
    public static PolicyTable Empty { get; } = new(ImmutableDictionary<ModelName, ModelPolicy>.Empty);
}
