using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>Remembers which models failed and when each is tried again. Other inputs are tried at once.</summary>
internal sealed class RetryBook(ReconcilerOptions options, TimeProvider time, Random random)
{
    private ImmutableDictionary<ModelName, ModelFailure> _failures = ImmutableDictionary<ModelName, ModelFailure>.Empty;

    /// <summary>Latest failure of each model.</summary>
    internal ImmutableDictionary<ModelName, ModelFailure> Failures => _failures;

    /// <summary>When the next model is due; null when none is.</summary>
    internal TimeSpan? NextDelay => _failures.Values.Where(failure => failure.Due is not null)
        .Select(failure => failure.Due!.Value - time.GetUtcNow())
        .Select(delay => delay < TimeSpan.Zero ? TimeSpan.Zero : delay).Cast<TimeSpan?>().Min();

    /// <summary>The plan without models whose time has not come.</summary>
    internal Plan Due(Plan plan, DesiredState desired)
    {
        var inputs = desired.Models.ToDictionary(model => model.Name, model => model.Inputs);
        var left = plan.Models.Select(model => model.Model).ToHashSet();

        // A model that nothing is left to do for has healed by itself.
        _failures = _failures.RemoveRange(
            _failures.Where(pair => inputs.GetValueOrDefault(pair.Key) != pair.Value.Inputs || !left.Contains(pair.Key))
                .Select(pair => pair.Key).ToArray());
        var now = time.GetUtcNow();
        return plan with
        {
            Models = [.. plan.Models.Where(model => !_failures.TryGetValue(model.Model, out var failure) || failure.Due <= now)],
        };
    }

    internal void Record(ImmutableArray<ModelOutcome> outcomes, DesiredState desired)
    {
        var inputs = desired.Models.ToDictionary(model => model.Name, model => model.Inputs);
        foreach (var outcome in outcomes)
        {
            if (outcome is ModelOutcome.Failed failed)
                _failures = _failures.SetItem(failed.Model, Next(failed, inputs.GetValueOrDefault(failed.Model) ?? ""));
            else
                _failures = _failures.Remove(outcome.Model);
        }
    }

    /// <summary>Everything may be tried again now: a user asked for it.</summary>
    internal void Forget() => _failures = _failures.Clear();

    private ModelFailure Next(ModelOutcome.Failed failed, string inputs)
    {
        var attempts = (_failures.TryGetValue(failed.Model, out var before) ? before.Attempts : 0) + 1;
#pragma warning disable CA5394 // Jitter is not secret.
        var delay = Backoff.Of(options.FirstRetry, options.LongestRetry, doublings: attempts - 1) * (0.8 + (0.4 * random.NextDouble()));
#pragma warning restore CA5394
        return new ModelFailure(inputs, failed.Reason, failed.Message, attempts, failed.IsPermanent ? null : time.GetUtcNow() + delay);
    }
}
