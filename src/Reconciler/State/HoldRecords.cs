using System.Collections.Immutable;

namespace ModelOps.Reconciler.State;

/// <summary>A remembered refusal of one bad build of one model. It ends by itself when git asks for something else.</summary>
/// <param name="Model">Complete name of the model.</param>
/// <param name="Inputs">Digest of the inputs of the refused build.</param>
/// <param name="Reason">Why it was refused.</param>
/// <param name="Actor">Who refused it: <c>gate</c>, or a person.</param>
/// <param name="At">When.</param>
public sealed record Hold(string Model, string Inputs, string Reason, string Actor, DateTimeOffset At);

/// <summary>The holds in force.</summary>
internal sealed class HoldRecords(StateDatabase database)
{
    private ImmutableDictionary<string, Hold> _holds = database
        .Query(
            "SELECT model, inputs, reason, actor, at FROM holds",
            row => new Hold(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), StateDatabase.ToTime(row.GetString(4))))
        .ToImmutableDictionary(hold => hold.Model, StringComparer.Ordinal);

    internal ImmutableDictionary<string, Hold> All => _holds;

    internal void Add(Hold hold)
    {
        database.Execute(
            """
            INSERT INTO holds (model, inputs, reason, actor, at) VALUES ($model, $inputs, $reason, $actor, $at)
            ON CONFLICT (model) DO UPDATE SET inputs = $inputs, reason = $reason, actor = $actor, at = $at
            """,
            ("$model", hold.Model),
            ("$inputs", hold.Inputs),
            ("$reason", hold.Reason),
            ("$actor", hold.Actor),
            ("$at", StateDatabase.ToText(hold.At)));
        ImmutableInterlocked.Update(ref _holds, (all, added) => all.SetItem(added.Model, added), hold);
    }

    internal bool Release(string model)
    {
        ImmutableInterlocked.Update(ref _holds, (all, gone) => all.Remove(gone), model);
        return database.Execute("DELETE FROM holds WHERE model = $model", ("$model", model)) > 0;
    }
}
