using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Remembers which models failed and when each is tried again. Another attempt (other inputs, load settings or gate) is tried at once, and
/// so is every one that may succeed when a revision comes; one that only other inputs can mend waits for these.
/// </summary>
internal sealed class RetryBook(ReconcilerOptions options, TimeProvider time, Random random)
{
    private ImmutableDictionary<ModelName, ModelFailure> _failures = ImmutableDictionary<ModelName, ModelFailure>.Empty;
    private string? _revision;

    /// <summary>Latest failure of each model.</summary>
    internal ImmutableDictionary<ModelName, ModelFailure> Failures => _failures;

    /// <summary>When the next model is due; null when none is.</summary>
    internal TimeSpan? NextDelay => _failures.Values.Where(failure => failure.Due is not null)
        .Select(failure => failure.Due!.Value - time.GetUtcNow())
        .Select(delay => delay < TimeSpan.Zero ? TimeSpan.Zero : delay).Cast<TimeSpan?>().Min();

    /// <summary>The plan without models whose time has not come.</summary>
    internal Plan Due(Plan plan, DesiredState desired)
    {
        var models = _failures.IsEmpty ? [] : desired.Models.ToDictionary(model => model.Name);
        var left = plan.Models.Select(model => model.Model).ToHashSet();

        // A model that nothing is left to do for has healed by itself.
        _failures = _failures.RemoveRange(
            _failures.Where(pair => !models.TryGetValue(pair.Key, out var model) || !pair.Value.IsOf(model.Inputs, model.Attempt)
                || !left.Contains(pair.Key)).Select(pair => pair.Key).ToArray());
        if (_revision != desired.Revision)
            TryNow();
        _revision = desired.Revision;
        var now = time.GetUtcNow();
        return plan with
        {
            Models = [.. plan.Models.Where(model => !_failures.TryGetValue(model.Model, out var failure) || failure.Due <= now)],
        };
    }

    internal void Record(ImmutableArray<ModelOutcome> outcomes, DesiredState desired)
    {
        var models = desired.Models.ToDictionary(model => model.Name);
        foreach (var outcome in outcomes)
        {
            if (outcome is ModelOutcome.Failed failed)
                _failures = _failures.SetItem(failed.Model, Next(failed, models.GetValueOrDefault(failed.Model)));
            else
                _failures = _failures.Remove(outcome.Model);
        }
    }

    /// <summary>Everything that may succeed is tried at once, when a user or a revision asks for it.</summary>
    internal void TryNow()
    {
        foreach (var name in _failures.Keys)
            TryNow(name);
    }

    /// <summary>One model is tried at once. False when only other inputs can help it.</summary>
    internal bool TryNow(ModelName model)
    {
        if (!_failures.TryGetValue(model, out var failure))
            return true;
        if (failure.Due is null)
            return false;
        _failures = _failures.SetItem(model, failure with { Due = time.GetUtcNow() });
        return true;
    }

    private ModelFailure Next(ModelOutcome.Failed failed, DesiredModel? model)
    {
        var attempts = (_failures.TryGetValue(failed.Model, out var before) ? before.Attempts : 0) + 1;
#pragma warning disable CA5394 // Jitter is not secret.
        var delay = Backoff.Of(options.FirstRetry, options.LongestRetry, doublings: attempts - 1) * (0.8 + (0.4 * random.NextDouble()));
#pragma warning restore CA5394
        return new ModelFailure(
            model?.Inputs ?? "", model?.Attempt ?? "", failed.Reason, failed.Message, attempts,
            failed.IsPermanent ? null : time.GetUtcNow() + delay);
    }
}
