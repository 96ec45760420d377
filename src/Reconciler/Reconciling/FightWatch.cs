using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Counts how often each model was put right. What undoes the same correction again and again will go on doing so: the correction is then
/// made no more, until a person asks for it or git asks for another build. Only the loop calls it.
/// </summary>
internal sealed class FightWatch(EventLog events, TimeProvider time)
{
    /// <summary>Corrections within <see cref="Window"/> after which no more are made.</summary>
    internal const int Most = 5;

    internal static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly Dictionary<ModelName, Queue<DateTimeOffset>> _corrections = [];
    private ImmutableDictionary<ModelName, string> _fights = ImmutableDictionary<ModelName, string>.Empty;

    /// <summary>Models whose drift is not corrected any more, with why.</summary>
    internal ImmutableDictionary<ModelName, string> All => _fights;

    /// <summary>What came of the work on a model.</summary>
    internal void TakeIn(EndedOperation ended)
    {
        if (ended.Outcome is not ModelOutcome.Done)
            return;
        var operation = ended.Operation;
        if (!operation.Plan.CorrectsDrift)
        {
            if (operation.Plan.Steps.Any(step => step is PlanStep.Build or PlanStep.Prune))
                End(operation.Model);
            return;
        }

        var now = time.GetUtcNow();
        if (!_corrections.TryGetValue(operation.Model, out var times))
            _corrections[operation.Model] = times = [];
        times.Enqueue(now);
        while (times.Count > Most || now - times.Peek() > Window)
            times.Dequeue();
        if (times.Count < Most || _fights.ContainsKey(operation.Model))
            return;
        var name = operation.Model.PlainName;
        var message = $"{name} was put right {Most} times within {(int)Window.TotalMinutes}m, so something else changes it; it is not "
            + $"put right again until that has ended: find what writes to the store, and then 'modelops retry {name}'";
        _fights = _fights.SetItem(operation.Model, message);
        events.Add(new NewEvent(EventKind.FightDetected, message)
        {
            Model = operation.Model,
            Source = operation.Source,
            Revision = operation.Owner.Desired.Revision,
        });
    }

    /// <summary>The model is put right again from now on. False when it was all the time.</summary>
    internal bool End(ModelName model)
    {
        _corrections.Remove(model);
        var was = _fights.ContainsKey(model);
        _fights = _fights.Remove(model);
        return was;
    }
}
