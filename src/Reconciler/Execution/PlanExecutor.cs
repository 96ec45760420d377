using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Sources;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>The plan of one source, with what carrying it out reads besides.</summary>
/// <param name="Plan">What to do now.</param>
/// <param name="Desired">The content of the builds; everything else is in the plan.</param>
/// <param name="Tree">Files of the revision.</param>
internal sealed record PlannedWork(Plan Plan, DesiredState Desired, IRevisionTree Tree)
{
    internal DesiredIndex Index { get; } = new(Desired);
}

/// <summary>Carries out the plans of all sources. Models are worked on side by side and fail alone; removals come last.</summary>
internal sealed class PlanExecutor(ExecutionTools parts)
{
    /// <summary>Carries out plans; no model is in two of them.</summary>
    /// <param name="works">The plans.</param>
    /// <param name="cancellationToken">A newer revision came, or the daemon stops.</param>
    /// <returns>What came of each model, removals last.</returns>
    internal async Task<ImmutableArray<ModelOutcome>> ExecuteAsync(ImmutableArray<PlannedWork> works, CancellationToken cancellationToken)
    {
        parts.Policies.Set(works.SelectMany(work => work.Plan.Policies));
        using var places = new SemaphoreSlim(parts.Options.Parallelism);
        var owners = works
            .SelectMany(work => work.Plan.Models.Select(model => (model.Model, model.Action, Work: work)))
            .Where(pair => pair.Action != PlanAction.Remove)
            .ToDictionary(pair => pair.Model, pair => pair.Work);
        var running = new Dictionary<ModelName, Task<ModelOutcome>>();
        foreach (var model in InOrder(works.SelectMany(work => work.Plan.Models)))
        {
            var before = model.After.Select(name => running.GetValueOrDefault(name)).OfType<Task<ModelOutcome>>().ToArray();
            running[model.Model] = RunAsync(model, before, owners[model.Model], places, cancellationToken);
        }

        var outcomes = (await Task.WhenAll(running.Values)).ToList();
        foreach (var work in works)
        {
            foreach (var removal in work.Plan.Models.Where(model => model.Action == PlanAction.Remove))
                outcomes.Add(await RunAsync(removal, [], work, places, cancellationToken));
        }

        return [.. outcomes];
    }

    /// <summary>Dependencies first, then pinned models by priority, then by name.</summary>
    private static IEnumerable<ModelPlan> InOrder(IEnumerable<ModelPlan> models)
    {
        var left = models.Where(model => model.Action != PlanAction.Remove)
            .OrderByDescending(model => model.Planned?.Policy.Residency == ResidencyMode.Always)
            .ThenByDescending(model => model.Planned?.Policy.Priority)
            .ThenBy(model => model.Model.FullName, StringComparer.Ordinal)
            .ToList();
        var names = left.Select(model => model.Model).ToHashSet();
        while (left.Count > 0)
        {
            var ready = left.Where(model => !model.After.Any(names.Contains)).ToArray();
            foreach (var model in ready)
            {
                left.Remove(model);
                yield return model;
            }

            foreach (var model in ready)
                names.Remove(model.Model);
        }
    }

    private async Task<ModelOutcome> RunAsync(
        ModelPlan plan, Task<ModelOutcome>[] before, PlannedWork owner, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        var bases = await Task.WhenAll(before);
        if (Array.Find(bases, outcome => outcome is not ModelOutcome.Done) is { } missing)
        {
            return new ModelOutcome.Failed(
                plan.Model, "DependencyNotReady", $"it is built from {missing.Model.PlainName}, which is not ready", IsPermanent: false);
        }

        try
        {
            await places.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return new ModelOutcome.Cancelled(plan.Model);
        }

        try
        {
            // Off the caller's thread: building is work, and many models are built at once.
            return await Task.Run(
                async () =>
                {
                    await using var work = new ModelWork(parts, plan, owner.Index, owner.Tree);
                    return await work.RunAsync(cancellationToken);
                },
                CancellationToken.None);
        }
        finally
        {
            places.Release();
        }
    }
}
