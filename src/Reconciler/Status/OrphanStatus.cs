using System.Text.Json.Serialization;
using ModelOps.Reconciler.Reasons;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Status;

/// <summary>A name of ours that git does not declare any more and that is still there.</summary>
public sealed record OrphanStatus
{
    /// <summary>Short name.</summary>
    public required string Name { get; init; }

    /// <summary>Short name of the model it belonged to; its own, unless it was an alias.</summary>
    public required string Model { get; init; }

    /// <summary>Name of the source that declared it.</summary>
    public string Source { get => field ?? ""; init; }

    /// <summary>It is never removed.</summary>
    public bool Protected { get; init; }

    /// <summary>The residency it goes by.</summary>
    [JsonConverter(typeof(YamlWordConverter<ResidencyMode>))]
    public ResidencyMode Residency { get; init; }

    /// <summary>Manifest digest that it serves, bare hex; null when nothing is stored under it.</summary>
    public string? ServedBuild { get; init; }

    /// <summary>Since when git does not declare it.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why its removal is blocked; null when it is not, or is not meant to be removed.</summary>
    public ConditionReason? Reason { get; init; }

    /// <summary>Why it is still there, and until when.</summary>
    public required string Message { get; init; }
}
