using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelStore.Names;

namespace ModelOps.Reconciler.Planning;

/// <summary>What will be done, completely: the object that is shown is the one that the daemon carries out.</summary>
/// <param name="Revision">Revision it leads to.</param>
/// <param name="Models">Models that change, in the order of their names; removals last.</param>
/// <param name="Notes">What is not done, and why.</param>
public sealed record Plan(string Revision, ImmutableArray<ModelPlan> Models, ImmutableArray<PlanNote> Notes)
{
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
/// <param name="Reason">One word: <c>Held</c>, <c>PruneBlocked</c>, <c>Orphaned</c>, <c>Drifted</c>.</param>
/// <param name="Model">The model it is about.</param>
/// <param name="Message">Why, and the next step.</param>
public sealed record PlanNote(string Reason, ModelName Model, string Message)
{
    /// <summary>Names what a person can approve so that it is done; empty when nothing is to be approved.</summary>
    public string Approval { get; init; } = "";
}
