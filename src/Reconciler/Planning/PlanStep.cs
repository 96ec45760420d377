using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;

namespace ModelOps.Reconciler.Planning;

/// <summary>One thing that will be done to one model. A closed set; every step can be repeated without harm.</summary>
/// <param name="Model">The model.</param>
public abstract record PlanStep(ModelName Model)
{
    /// <summary>The word for journals and events.</summary>
    public string Word => GetType().Name;

    /// <summary>Makes the build and stores it under a reserved name.</summary>
    public sealed record Build(ModelName Model, string Inputs) : PlanStep(Model);

    /// <summary>Loads the build beside what serves, or instead of it.</summary>
    public sealed record Warm(ModelName Model, string Inputs, RolloutStrategy Strategy) : PlanStep(Model)
    {
        /// <summary>What is done where it does not fit beside what serves.</summary>
        public RolloutFallback Fallback { get; init; }

        /// <summary>Which requests wait while nothing answers.</summary>
        public QueueSpec Queue { get; init; } = new();
    }

    /// <summary>Has the build pass its gate.</summary>
    public sealed record Gate(ModelName Model, string Inputs, string Attempt, GateSpec Spec) : PlanStep(Model);

    /// <summary>Has the build answer a share of the requests for a while.</summary>
    public sealed record Canary(ModelName Model, string Inputs, string Attempt, CanarySpec Spec) : PlanStep(Model);

    /// <summary>Points names at the build.</summary>
    public sealed record Switch(ModelName Model, string Inputs, ImmutableArray<ModelName> Names) : PlanStep(Model);

    /// <summary>Gives the runtime the model's residency and load settings.</summary>
    public sealed record Declare(ModelName Model) : PlanStep(Model);

    /// <summary>Brings a pinned model into memory that is not there.</summary>
    public sealed record Load(ModelName Model) : PlanStep(Model);

    /// <summary>Removes a name that git does not declare any more.</summary>
    public sealed record Prune(ModelName Model, ModelName Name) : PlanStep(Model);
}
