using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Sources;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Planning;

/// <summary>
/// What will be done, completely: the object that is shown is the one that the daemon carries out, and that needs nothing else of the
/// desired state but the content of the builds. Its <see cref="PlanDigest"/> covers every value in it.
/// </summary>
/// <param name="Revision">Revision it leads to.</param>
/// <param name="Models">Models that change, in the order of their names; removals last.</param>
/// <param name="Notes">What is not done, and why.</param>
public sealed record Plan(string Revision, ImmutableArray<ModelPlan> Models, ImmutableArray<PlanNote> Notes)
{
    /// <summary>
    /// Policies that come into force before any model is worked on. They change what is told of a name (its revision and the place of its
    /// declaration), or give a name that lost its policy in a restart one until its model has been worked on.
    /// </summary>
    public ImmutableArray<ModelPolicy> Policies { get; init; } = [];

    /// <summary>How long replaced builds keep their blobs.</summary>
    public TimeSpan BlobRetention { get; init; }

    /// <summary>What is to be done for several sources, as one.</summary>
    internal static Plan Merge(ImmutableArray<SourcePlan> plans) => plans is [var only] ? only.Plan : new Plan(
        string.Join(", ", plans.Select(plan => $"{plan.Desired.Source} {ShortId.Of(plan.Plan.Revision)}")),
        [.. plans.SelectMany(plan => plan.Plan.Models)],
        [.. plans.SelectMany(plan => plan.Plan.Notes)])
    {
        Policies = [.. plans.SelectMany(plan => plan.Plan.Policies)],
        BlobRetention = plans.Max(plan => plan.Plan.BlobRetention),
    };

    /// <summary>Nothing is to be done.</summary>
    public bool IsEmpty => Models.All(model => model.Steps.IsEmpty);
}

/// <summary>What will be done to one model.</summary>
public sealed record ModelPlan
{
    /// <summary>The model.</summary>
    public required ModelName Model { get; init; }

    /// <summary>What happens to it.</summary>
    public required PlanAction Action { get; init; }

    /// <summary>What it costs; null when only names or policies change.</summary>
    public UpdateClass? Class { get; init; }

    /// <summary>What is different, one line each.</summary>
    public ImmutableArray<PlanChange> Changes { get; init; } = [];

    /// <summary>Steps in order.</summary>
    public ImmutableArray<PlanStep> Steps { get; init; } = [];

    /// <summary>Models of the set that must be done first.</summary>
    public ImmutableArray<ModelName> After { get; init; } = [];

    /// <summary>Git asks for what it did, and something else has changed or deleted what was served.</summary>
    internal bool CorrectsDrift => Action == PlanAction.Repair && Steps.Any(step => step is PlanStep.Build);

    /// <summary>What serves already is brought back into memory, and nothing else changes.</summary>
    internal bool OnlyLoads => Steps.All(step => step is PlanStep.Load);

    /// <summary>What it will be when the steps are done; null when it goes.</summary>
    public PlannedModel? Planned { get; init; }
}

/// <summary>What a model will be.</summary>
/// <param name="Names">All names it is served under; its own comes first.</param>
/// <param name="Policy">Policy of its own name; its other names have the same.</param>
/// <param name="Protect">It is never pruned.</param>
public sealed record PlannedModel(ImmutableArray<ModelName> Names, ModelPolicy Policy, bool Protect)
{
    /// <summary>The policies of all its names.</summary>
    public IEnumerable<ModelPolicy> Policies => Names.Select(PolicyOf);

    /// <summary>The policy of one of its names, or of a build of it under a reserved name.</summary>
    public ModelPolicy PolicyOf(ModelName name) => Policy with { Name = name };

    /// <summary>Name of the source that declares it.</summary>
    public string Source { get; init; } = SourceOptions.UsualName;

    /// <summary>A model of its name that was not managed is taken over, and not replaced.</summary>
    public bool Adopts { get; init; }

    internal static PlannedModel Of(DesiredModel model, DesiredState desired) =>
        new([.. model.Names], model.PolicyOf(model.Name, desired.Revision), model.Spec.Protect)
        {
            Source = desired.Source,
            Adopts = model.Spec.Adopt,
        };
}

/// <summary>What happens to a model.</summary>
public enum PlanAction
{
    /// <summary>It is new.</summary>
    Add,

    /// <summary>It gets another name, with the same build.</summary>
    Move,

    /// <summary>It is another.</summary>
    Change,

    /// <summary>It is as declared, and reality had left that.</summary>
    Repair,

    /// <summary>It goes.</summary>
    Remove,
}

/// <summary>One difference, for people.</summary>
/// <param name="Subject">What differs, such as <c>SYSTEM</c> or <c>residency</c>.</param>
/// <param name="Class">What that costs.</param>
/// <param name="Before">Old value, short; may be empty.</param>
/// <param name="After">New value, short; may be empty.</param>
public sealed record PlanChange(string Subject, UpdateClass Class, string Before, string After);

/// <summary>Something that is deliberately not done.</summary>
/// <param name="Reason">One word: <c>Held</c>, <c>PruneBlocked</c>, <c>Orphaned</c>, <c>Drifted</c>, <c>Fight</c>,
/// <c>WindowClosed</c>, <c>InsufficientMemory</c>, <c>WeightsDamaged</c>.</param>
/// <param name="Model">The model it is about.</param>
/// <param name="Message">Why, and the next step.</param>
public sealed record PlanNote(string Reason, ModelName Model, string Message)
{
    /// <summary>Names what a person can approve so that it is done; empty when nothing is to be approved.</summary>
    public string Approval { get; init; } = "";

    /// <summary>When it is done after all; null when no time will do it.</summary>
    public DateTimeOffset? Due { get; init; }
}
