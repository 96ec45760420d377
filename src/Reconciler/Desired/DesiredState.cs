using System.Collections.Immutable;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Sources;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Desired;

/// <summary>All that one revision asks for, with every reference followed.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Set">The set as declared.</param>
/// <param name="Models">Its models by name, ordinal.</param>
public sealed record DesiredState(string Revision, ModelSetSpec Set, ImmutableArray<DesiredModel> Models)
{
    /// <summary>The operator's name of the source that the revision is of.</summary>
    public string Source { get; init; } = SourceOptions.UsualName;
}

/// <summary>One model with its Modelfile read and its inputs found.</summary>
public sealed record DesiredModel
{
    /// <summary>What <c>modelops.yaml</c> says of it.</summary>
    public required ModelSpec Spec { get; init; }

    /// <summary>Its Modelfile.</summary>
    public required Modelfile Modelfile { get; init; }

    /// <summary>What the Modelfile means.</summary>
    public required ModelfileMeaning Meaning { get; init; }

    /// <summary>What FROM names.</summary>
    public required ImmutableArray<BuildInput> From { get; init; }

    /// <summary>What ADAPTER names.</summary>
    public required ImmutableArray<BuildInput> Adapters { get; init; }

    /// <summary>What DRAFT names.</summary>
    public required ImmutableArray<BuildInput> Drafts { get; init; }

    /// <summary>Digest of everything the build depends on: equal inputs, equal build.</summary>
    public required string Inputs { get; init; }

    /// <summary>
    /// Why it cannot be pinned although it is declared so, with the arithmetic: it is served on demand. Null when it can.
    /// </summary>
    public string? Shortage { get; init; }

    /// <summary>Names this build as it is loaded and judged: what is tried, and what a failure is remembered by.</summary>
    public string Attempt => AttemptDigests.Of(this).Attempt;

    /// <summary>Complete name.</summary>
    public ModelName Name => Spec.Name;

    /// <summary>All names it is served under.</summary>
    public IEnumerable<ModelName> Names => Spec.Aliases.Prepend(Spec.Name).Distinct();

    /// <summary>Models of the set that are built before this one.</summary>
    public IEnumerable<ModelName> DependsOn =>
        From.Concat(Adapters).Concat(Drafts).OfType<BuildInput.OtherModel>().Select(input => input.Model).Distinct();

    /// <summary>Models of the set that are done before this one: those, and what it declares besides.</summary>
    public IEnumerable<ModelName> After => DependsOn.Concat(Spec.DependsOn).Distinct();

    /// <summary>What the runtime needs to know about one of its names.</summary>
    public ModelPolicy PolicyOf(ModelName name, string revision) => new()
    {
        Name = name,
        Residency = Shortage is null ? Spec.Residency.Mode : ResidencyMode.OnDemand,
        KeepAlive = Spec.Residency.KeepAlive,
        Priority = Spec.Residency.Priority,
        Runtime = Spec.Runtime,
        Revision = revision,
        DeclaredAt = Spec.DeclaredAt,
    };
}
