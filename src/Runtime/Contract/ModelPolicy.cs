using ModelOps.ModelStore.Names;

namespace ModelOps.Runtime.Contract;

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

    /// <summary>Why nobody is answered although it is declared; null while everybody is.</summary>
    public string? Stopped { get; init; }

    /// <summary>Revision that declares it.</summary>
    public required string Revision { get; init; }

    /// <summary>Where in the models repository to edit it, e.g. <c>modelops.yaml:12</c>.</summary>
    public required string DeclaredAt { get; init; }
}
