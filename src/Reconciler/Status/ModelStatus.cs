using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ModelOps.Reconciler.Reasons;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Status;

/// <summary>One managed model: what is wanted, what is there.</summary>
public sealed record ModelStatus
{
    /// <summary>Short name.</summary>
    public required string Name { get; init; }

    /// <summary>Short names of its aliases.</summary>
    public ImmutableArray<string> Aliases { get => field.IsDefault ? [] : field; init; }

    /// <summary>Name of the source that declares it.</summary>
    public string Source { get => field ?? ""; init; }

    /// <summary>Where git declares it.</summary>
    public string DeclaredAt { get => field ?? ""; init; }

    /// <summary>Whether the served build is the desired one, under the desired names.</summary>
    public SyncState Sync { get; init; }

    /// <summary>Whether it works.</summary>
    public HealthState Health { get; init; }

    /// <summary>What is being done with it, or was last.</summary>
    [JsonConverter(typeof(YamlWordConverter<ModelPhase>))]
    public ModelPhase Phase { get; init; }

    /// <summary>The work on it that goes on now; null when none does.</summary>
    public OperationStatus? Operation { get; init; }

    /// <summary>Declared residency; while the model is held, the one that it goes by.</summary>
    [JsonConverter(typeof(YamlWordConverter<ResidencyMode>))]
    public ResidencyMode Residency { get; init; }

    /// <summary>It is in memory now.</summary>
    public bool Resident { get; init; }

    /// <summary>The last time that nothing answered for it while a build took over; null when there was none.</summary>
    public PauseStatus? Pause { get; init; }

    /// <summary>A replaced build of it whose last answers go on; null when there is none.</summary>
    public DrainStatus? Draining { get; init; }

    /// <summary>Manifest digest that the name serves, bare hex; null when nothing is stored under it.</summary>
    public string? ServedBuild { get; init; }

    /// <summary>Manifest digest that is wanted; null until it is built once.</summary>
    public string? DesiredBuild { get; init; }

    /// <summary>Digest of what the wanted build is made from: the text of its Modelfile and the files that it names.</summary>
    public string? Inputs { get; init; }

    /// <summary>
    /// What the pending change touches: <c>live</c>, <c>context</c>, <c>weights</c>, <c>worker</c>; null when none is pending.
    /// </summary>
    public string? UpdateClass { get; init; }

    /// <summary>The refusal in force; null when there is none.</summary>
    public string? Hold { get; init; }

    /// <summary>Who placed the hold, <c>gate</c> or a person; null when there is none.</summary>
    public string? HeldBy { get; init; }

    /// <summary>When the hold was placed.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    /// <summary>Why it failed last, and when it is tried again; null when it did not, or that is over.</summary>
    public FailureStatus? Failure { get; init; }

    /// <summary>Why it is not as wanted, one word of a closed list; null when it is, or is on its way.</summary>
    public ConditionReason? Reason { get; init; }

    /// <summary>Why it is not as wanted, and the next step; null when it is.</summary>
    public string? Message { get; init; }
}

/// <summary>The last failure of a model.</summary>
/// <param name="Reason">One word of a closed list.</param>
/// <param name="Message">Why, and what to do.</param>
/// <param name="Attempts">How often in a row.</param>
/// <param name="NextRetry">When it is tried again; null when it is not before other inputs, or <c>modelops retry</c>.</param>
public sealed record FailureStatus(string Reason, string Message, int Attempts, DateTimeOffset? NextRetry)
{
    /// <summary>When the work that failed was begun first.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>A time in which neither the old build nor the new one answered, since both do not fit into memory.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Waited">Requests that waited for its end.</param>
/// <param name="Refused">Requests that were refused, since too many waited or one waited too long.</param>
public sealed record PauseStatus(DateTimeOffset At, long Milliseconds, int Waited, int Refused);

/// <summary>The end of a replaced build.</summary>
/// <param name="Since">Since when it takes no more requests.</param>
/// <param name="Requests">Answers that go on.</param>
public sealed record DrainStatus(DateTimeOffset Since, int Requests)
{
    /// <summary>When they should have ended: <c>rollout.drain.deadline</c>. None is cut then.</summary>
    public DateTimeOffset? Deadline { get; init; }
}

/// <summary>Where a model is on its way to a new build.</summary>
public enum ModelPhase
{
    /// <summary>Nothing was done yet.</summary>
    Pending,

    /// <summary>Its inputs are being fetched.</summary>
    Fetching,

    /// <summary>Its build is being made.</summary>
    Building,

    /// <summary>The new build is being loaded beside the old one.</summary>
    Warming,

    /// <summary>It is answering its smoke questions.</summary>
    Gating,

    /// <summary>It answers a share of the requests, beside the old one.</summary>
    Canary,

    /// <summary>The name points to the new build.</summary>
    Switched,

    /// <summary>The new build was refused; the old one serves.</summary>
    RolledBack,

    /// <summary>A step failed; it is tried again.</summary>
    Failed,
}
