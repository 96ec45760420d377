using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Status;
using ModelOps.TestKit;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>Judges the status after every pass: by its own rules, and against what the store and the runtime really have.</summary>
internal sealed class StatusTruth(StatusBoard board, LocalStore store, RecordingRuntime runtime)
{
    private static long s_judged;

    private readonly ConcurrentQueue<string> _problems = new();
    private readonly Lock _turn = new();
    private JsonNode? _before;
    private bool _isMeddled;

    /// <summary>How often a status was judged, by all tests.</summary>
    internal static long Judged => Interlocked.Read(ref s_judged);

    /// <summary>
    /// Changes the store behind the back of the daemon. The pass that this falls into cannot know of it, and neither can one that fails.
    /// </summary>
    internal void Meddle(Action change)
    {
        lock (_turn)
        {
            change();
            _isMeddled = true;
        }
    }

    /// <summary>
    /// Called on the loop. What goes on beside it only leads to what is wanted, so nothing takes away what is applied but the test itself.
    /// </summary>
    internal void Judge()
    {
        if (Read() is not { } status)
            return;
        Interlocked.Increment(ref s_judged);
        var json = JsonSerializer.SerializeToNode(status, StatusJson.Default.DaemonStatus)!;
        lock (_turn)
        {
            foreach (var problem in StatusInvariants.Broken(json, _before).Concat(_isMeddled ? [] : Served(status)))
                _problems.Enqueue($"{problem}\n{json.ToJsonString()}");
            _isMeddled &= status.Conditions.Any(condition => condition is { Reason: ConditionReason.Internal, Status: false });
        }

        _before = json;
    }

    /// <summary>Fails when a pass left a status that is not true.</summary>
    internal void Check() => Assert.Empty(_problems);

    /// <summary>Null when the runtime of the test refuses to be looked at.</summary>
    private DaemonStatus? Read()
    {
        try
        {
            return board.Current;
        }
        catch (InvalidTimeZoneException)
        {
            return null;
        }
    }

    private bool IsWorkedOn(string model) => Read()?.Models.FirstOrDefault(one => one.Name == model)?.Operation is not null;

    private IEnumerable<string> Served(DaemonStatus status)
    {
        var applied = status.Sources.Where(source => source.Applied is { } revision && revision == source.Accepted)
            .Select(source => source.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var model in status.Models.Where(model => applied.Contains(model.Source)))
        {
            foreach (var name in model.Aliases.Append(model.Name).Select(ModelName.Parse))
            {
                // A rollback that began meanwhile is told as work on the model, and what it leaves is judged after the next pass.
                if (store.Find(name)?.Digest != model.DesiredBuild && !IsWorkedOn(model.Name))
                    yield return $"applied, but the store has another build under {name}";
                if (!runtime.Policies.Models.TryGetValue(name, out var policy) || policy.Residency != model.Residency)
                    yield return $"applied, but the runtime does not go by the policy of {name}";
            }
        }
    }
}
