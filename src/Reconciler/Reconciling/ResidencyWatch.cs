using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Tells when a pinned model leaves memory and comes back, at the moment at which the runtime says so, and when nothing runs on a replaced
/// build any more. A model that is being worked on leaves on purpose.
/// </summary>
internal sealed class ResidencyWatch(
    IModelRuntime runtime, ManagedNames managed, StatusBoard board, EventLog events, TimeProvider time)
{
    private readonly Lock _turn = new();
    private readonly HashSet<ModelName> _here = [];
    private readonly Dictionary<ModelName, DateTimeOffset> _lost = [];

    /// <summary>Compares what is in memory with what was.</summary>
    internal void Look()
    {
        // What is loaded is read within the turn: of two looks the later one knows better.
        lock (_turn)
        {
            var loaded = runtime.Loaded.SelectMany(model => model.Names.Add(model.Name)).ToHashSet();
            var pinned = Pinned();
            _here.IntersectWith(pinned.Keys);
            foreach (var name in _lost.Keys.Where(name => !pinned.ContainsKey(name)).ToArray())
                _lost.Remove(name);
            foreach (var (name, names) in pinned)
            {
                if (names.Any(loaded.Contains))
                    Come(name);
                else if (_here.Contains(name) && !board.IsBeingLoaded(name.ShortName))
                    Lose(name);
            }
        }
    }

    /// <summary>The runtime says that something changed in memory.</summary>
    /// <param name="replaced">Names whose replaced build has left.</param>
    internal void Changed(ImmutableArray<ModelName> replaced)
    {
        foreach (var name in replaced.Where(name => managed.Find(name) is not null))
            events.Add(About(EventKind.Drained, name, $"nothing runs on the replaced build of {name.PlainName} any more"));
        Look();
    }

    /// <summary>Pinned models, each with all its names: an alias in memory is the model in memory.</summary>
    private Dictionary<ModelName, ImmutableArray<ModelName>> Pinned()
    {
        var policies = runtime.Policies.Models;
        return managed.All
            .Where(pair => policies.GetValueOrDefault(pair.Key)?.Residency == ResidencyMode.Always)
            .GroupBy(pair => ModelName.Parse(pair.Value.Model), pair => pair.Key)
            .ToDictionary(group => group.Key, group => group.ToImmutableArray());
    }

    private void Come(ModelName name)
    {
        _here.Add(name);
        if (!_lost.Remove(name, out var since))
            return;
        var away = time.GetUtcNow() - since;
        ReconcilerMetrics.Restored(name.ShortName, away);
        var text = Durations.Format(TimeSpan.FromMilliseconds(Math.Floor(away.TotalMilliseconds)));
        events.Add(About(EventKind.ResidencyRestored, name, $"{name.PlainName} is in memory again, after {text}"));
    }

    private void Lose(ModelName name)
    {
        _here.Remove(name);
        _lost[name] = time.GetUtcNow();
        var problem = runtime.Problems.FirstOrDefault(problem => problem.Name == name);
        var why = problem is null ? "" : $": {problem.Message}";
        events.Add(About(EventKind.ResidencyLost, name, $"{name.PlainName} is declared always and left memory{why}"));
    }

    private NewEvent About(EventKind kind, ModelName name, string message)
    {
        var record = managed.Find(name);
        return new NewEvent(kind, message)
        {
            Model = name,
            Source = record?.Source ?? "",
            Revision = record?.Revision ?? "",
            Build = kind == EventKind.Drained ? "" : record?.Build ?? "",
        };
    }
}
