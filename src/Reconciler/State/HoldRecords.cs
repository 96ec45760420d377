using System.Collections.Immutable;
using ModelOps.ModelStore.Names;

namespace ModelOps.Reconciler.State;

/// <summary>How much a hold refuses, and so what ends it; each can also be released.</summary>
public enum HoldReach
{
    /// <summary>One attempt at a build: another build, another load profile or another gate is tried at once.</summary>
    Attempt,

    /// <summary>One build, however it is loaded and judged: git must ask for another one.</summary>
    Build,

    /// <summary>Every change of the model: a person must release it.</summary>
    Model,
}

/// <summary>A remembered refusal of one bad build of one model, or of any other build than the one it serves.</summary>
/// <param name="Model">Complete name of the model.</param>
/// <param name="Inputs">Digest of the inputs of the refused build.</param>
/// <param name="Reason">Why it was refused.</param>
/// <param name="Actor">Who refused it: <c>gate</c>, <c>canary</c>, or a person.</param>
/// <param name="At">When.</param>
public sealed record Hold(string Model, string Inputs, string Reason, string Actor, DateTimeOffset At)
{
    /// <summary>The actor of a hold that the share of requests brought about which the build served.</summary>
    internal const string ByCanary = "canary";

    /// <summary>How much it refuses.</summary>
    public HoldReach Reach { get; init; } = HoldReach.Build;

    /// <summary>Manifest digest of the refused build, bare hex; empty when it was not built.</summary>
    public string Build { get; init; } = "";

    /// <summary>Digest of the refused attempt; empty in holds of versions that did not know it.</summary>
    public string Attempt { get; init; } = "";

    /// <summary>Token of the request that placed it; empty for a gate.</summary>
    public string Request { get; init; } = "";
}

/// <summary>The holds in force.</summary>
internal sealed class HoldRecords(StateDatabase database)
{
    private ImmutableDictionary<string, Hold> _holds = database
        .Query(
            "SELECT model, inputs, reason, actor, at, reach, build, attempt, request FROM holds",
            row => new Hold(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), StateDatabase.ToTime(row.GetString(4)))
            {
                Reach = Enum.Parse<HoldReach>(row.GetString(5)),
                Build = row.GetString(6),
                Attempt = row.GetString(7),
                Request = row.GetString(8),
            })
        .ToImmutableDictionary(hold => hold.Model, StringComparer.Ordinal);

    internal ImmutableDictionary<string, Hold> All => _holds;

    internal Hold? Find(ModelName model) => _holds.Values.FirstOrDefault(hold => ModelName.Parse(hold.Model) == model);

    internal void Add(Hold hold)
    {
        database.Execute(
            """
            INSERT OR REPLACE INTO holds (model, inputs, reason, actor, at, reach, build, attempt, request)
            VALUES ($model, $inputs, $reason, $actor, $at, $reach, $build, $attempt, $request)
            """,
            ("$model", hold.Model),
            ("$inputs", hold.Inputs),
            ("$reason", hold.Reason),
            ("$actor", hold.Actor),
            ("$at", StateDatabase.ToText(hold.At)),
            ("$reach", hold.Reach.ToString()),
            ("$build", hold.Build),
            ("$attempt", hold.Attempt),
            ("$request", hold.Request));
        ImmutableInterlocked.Update(ref _holds, (all, added) => all.SetItem(added.Model, added), hold);
    }

    internal bool Release(string model)
    {
        ImmutableInterlocked.Update(ref _holds, (all, gone) => all.Remove(gone), model);
        return database.Execute("DELETE FROM holds WHERE model = $model", ("$model", model)) > 0;
    }
}
