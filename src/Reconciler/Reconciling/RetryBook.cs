using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Remembers which models failed and when each is tried again. Another attempt (other inputs, load settings or gate) is tried at once, and
/// so is every one that may succeed when a revision comes; one that only other inputs can mend waits for these, or for a person. A restart
/// tries what may succeed at once, since the machine may be another by then, and goes on counting.
/// </summary>
/// <param name="options">Delays.</param>
/// <param name="records">Where it is written down.</param>
/// <param name="source">Name of the source that the models are of.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Jitter.</param>
internal sealed class RetryBook(ReconcilerOptions options, OperationRecords records, string source, TimeProvider time, Random random)
{
    private const double LongestJitter = 1.2;

    private ImmutableDictionary<ModelName, ModelFailure> _failures = Remembered(records, source);
    private string? _revision;

    /// <summary>Latest failure of each model.</summary>
    internal ImmutableDictionary<ModelName, ModelFailure> Failures => _failures;

    /// <summary>When the next model is due; null when none is.</summary>
    internal TimeSpan? NextDelay => _failures.Values.Where(failure => failure.Due is not null)
        .Select(failure => IsDue(failure) ? TimeSpan.Zero : failure.Due!.Value - time.GetUtcNow()).Cast<TimeSpan?>().Min();

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
        return plan with
        {
            Models = [.. plan.Models.Where(model => !_failures.TryGetValue(model.Model, out var failure) || IsDue(failure))],
        };
    }

    /// <summary>What came of the work on a model.</summary>
    /// <param name="operation">The work.</param>
    /// <param name="outcome">What came of it.</param>
    internal void Record(Operation operation, ModelOutcome outcome)
    {
        if (outcome is not ModelOutcome.Failed failed)
        {
            _failures = _failures.Remove(outcome.Model);
            return;
        }

        var record = operation.Record(records);
        var next = Next(failed, operation.Desired, record.Since);
        _failures = _failures.SetItem(failed.Model, next);
        records.Set(record with
        {
            Phase = nameof(Status.ModelPhase.Failed),
            PhaseSince = time.GetUtcNow(),
            Attempts = next.Attempts,
            Reason = next.Reason,
            Message = next.Message,
            NextRetry = next.Due,
        });
    }

    /// <summary>A model was done, so that those that wait for one are tried at once.</summary>
    internal void TryDependents()
    {
        foreach (var name in _failures.Where(pair => pair.Value.Reason == "DependencyNotReady").Select(pair => pair.Key))
            TryNow(name);
    }

    /// <summary>Everything that may succeed is tried at once, when a user or a revision asks for it.</summary>
    internal void TryNow()
    {
        foreach (var name in _failures.Keys)
            TryNow(name);
    }

    /// <summary>One model is tried at once, unless only other inputs can help it.</summary>
    internal void TryNow(ModelName model)
    {
        if (_failures.TryGetValue(model, out var failure) && failure.Due is not null)
            Insist(model);
    }

    /// <summary>
    /// One model is tried at once, whatever it failed for: a person says so, who may have put right what sent other content than its digest
    /// says.
    /// </summary>
    internal void Insist(ModelName model)
    {
        if (_failures.TryGetValue(model, out var failure))
            _failures = _failures.SetItem(model, failure with { Due = time.GetUtcNow() });
    }

    /// <summary>A time that is further away than any delay was set by a clock that was set back since.</summary>
    private bool IsDue(ModelFailure failure) => failure.Due is { } due
        && (due <= time.GetUtcNow() || due - time.GetUtcNow() > options.LongestRetry * LongestJitter);

    private ModelFailure Next(ModelOutcome.Failed failed, DesiredModel? model, DateTimeOffset since)
    {
        var attempts = (_failures.TryGetValue(failed.Model, out var before) ? before.Attempts : 0) + 1;
#pragma warning disable CA5394 // Jitter is not secret.
        var delay = Backoff.Of(options.FirstRetry, options.LongestRetry, doublings: attempts - 1) * (LongestJitter - (0.4 * random.NextDouble()));
#pragma warning restore CA5394
        return new ModelFailure(
            model?.Inputs ?? "", model?.Attempt ?? "", failed.Reason, failed.Message, attempts,
            failed.IsPermanent ? null : time.GetUtcNow() + delay)
        {
            Since = since,
        };
    }

    /// <summary>What had failed when the daemon ended. Without a time for the next try only other inputs can help.</summary>
    private static ImmutableDictionary<ModelName, ModelFailure> Remembered(OperationRecords records, string source) => records.All.Values
        .Where(record => record.Source == source && record.Reason.Length > 0)
        .ToImmutableDictionary(
            record => ModelName.Parse(record.Model),
            record => new ModelFailure(
                record.Inputs, record.Attempt, record.Reason, record.Message, record.Attempts,
                record is { NextRetry: null, Phase: nameof(Status.ModelPhase.Failed) } ? null : DateTimeOffset.MinValue)
            {
                Since = record.Since,
            });
}
