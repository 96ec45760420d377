using ModelOps.ModelStore.Names;

namespace ModelOps.Reconciler.Execution;

/// <summary>What came of the work on one model. A closed set.</summary>
internal abstract record ModelOutcome(ModelName Model)
{
    /// <summary>It is as declared.</summary>
    internal sealed record Done(ModelName Model) : ModelOutcome(Model);

    /// <summary>A step failed; the model serves what it served before.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Reason">One word of the status's closed list.</param>
    /// <param name="Message">Why, and what to do.</param>
    /// <param name="IsPermanent">Trying again is of no use until git changes.</param>
    internal sealed record Failed(ModelName Model, string Reason, string Message, bool IsPermanent) : ModelOutcome(Model);

    /// <summary>The new build was refused and is held; the old one serves.</summary>
    internal sealed record Refused(ModelName Model, string Message) : ModelOutcome(Model);

    /// <summary>A newer revision came, or the daemon stops.</summary>
    internal sealed record Cancelled(ModelName Model) : ModelOutcome(Model);
}
