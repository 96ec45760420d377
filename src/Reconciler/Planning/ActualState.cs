using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Planning;

/// <summary>What is really there, read once before planning. Already old when it is read; so steps are idempotent.</summary>
public sealed record ActualState
{
    /// <summary>Nothing is there.</summary>
    public static ActualState Empty { get; } = new();

    /// <summary>Manifest digests of the names that matter: all declared and all managed ones that are stored.</summary>
    public ImmutableDictionary<ModelName, string> Stored { get; init; } = ImmutableDictionary<ModelName, string>.Empty;

    /// <summary>Names that are ours.</summary>
    public ImmutableDictionary<ModelName, ManagedState> Managed { get; init; } = ImmutableDictionary<ModelName, ManagedState>.Empty;

    /// <summary>Since when git does not declare a name of ours any more.</summary>
    public ImmutableDictionary<ModelName, DateTimeOffset> Undeclared { get; init; } = ImmutableDictionary<ModelName, DateTimeOffset>.Empty;

    /// <summary>Models under which content outside git changed, with what changed.</summary>
    public ImmutableDictionary<ModelName, string> ContentDrift { get; init; } = ImmutableDictionary<ModelName, string>.Empty;

    /// <summary>Models of which a file is damaged or gone, with what is told of that.</summary>
    public ImmutableDictionary<ModelName, string> Damaged { get; init; } = ImmutableDictionary<ModelName, string>.Empty;

    /// <summary>Models whose drift something else brings back again and again, with what is told of that.</summary>
    public ImmutableDictionary<ModelName, string> Fights { get; init; } = ImmutableDictionary<ModelName, string>.Empty;

    /// <summary>When this was read.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Builds that were made, by the digest of their inputs.</summary>
    public ImmutableDictionary<string, BuiltState> Builds { get; init; } = ImmutableDictionary<string, BuiltState>.Empty;

    /// <summary>Refusals in force, by model.</summary>
    public ImmutableDictionary<ModelName, Hold> Holds { get; init; } = ImmutableDictionary<ModelName, Hold>.Empty;

    /// <summary>Digests of removals that a person approved.</summary>
    public ImmutableHashSet<string> Approvals { get; init; } = [];

    /// <summary>Policies that the runtime goes by.</summary>
    public ImmutableDictionary<ModelName, ModelPolicy> Policies { get; init; } = ImmutableDictionary<ModelName, ModelPolicy>.Empty;

    /// <summary>Names whose engine is in memory.</summary>
    public ImmutableHashSet<ModelName> Resident { get; init; } = [];
}

/// <summary>A name that is ours.</summary>
/// <param name="Model">The model it belongs to.</param>
/// <param name="Build">Manifest digest that we wrote.</param>
/// <param name="Inputs">Digest of what that was built from.</param>
/// <param name="Protect">It was declared with <c>protect: true</c>.</param>
/// <param name="Revision">Revision that asked for the build.</param>
public sealed record ManagedState(ModelName Model, string Build, string Inputs, bool Protect, string Revision = "")
{
    /// <summary>Name of the source that declared it.</summary>
    public string Source { get; init; } = SourceOptions.UsualName;
}

/// <summary>A build that was made.</summary>
/// <param name="Build">Manifest digest.</param>
/// <param name="Description">What its inputs were; empty unless a model that has it wants another one, since only then there is a change
/// to describe.</param>
public sealed record BuiltState(string Build, string Description);
