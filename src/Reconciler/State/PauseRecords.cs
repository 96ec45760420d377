using System.Collections.Immutable;

namespace ModelOps.Reconciler.State;

/// <summary>A time in which nothing answered for a model, since its old and its new build do not fit into memory together.</summary>
/// <param name="Model">Complete name of the model.</param>
/// <param name="At">When it ended.</param>
/// <param name="Took">How long it was.</param>
/// <param name="Waited">Requests that waited for its end.</param>
/// <param name="Refused">Requests that were refused meanwhile.</param>
internal sealed record PauseRecord(string Model, DateTimeOffset At, TimeSpan Took, int Waited, int Refused);

/// <summary>The last pause of each model.</summary>
internal sealed class PauseRecords(StateDatabase database)
{
    private ImmutableDictionary<string, PauseRecord> _all = database
        .Query(
            "SELECT model, at, took_ms, waited, refused FROM pauses",
            row => new PauseRecord(
                row.GetString(0), StateDatabase.ToTime(row.GetString(1)), TimeSpan.FromMilliseconds(row.GetInt64(2)), row.GetInt32(3),
                row.GetInt32(4)))
        .ToImmutableDictionary(record => record.Model, StringComparer.Ordinal);

    internal PauseRecord? Find(string model) => _all.GetValueOrDefault(model);

    internal void Set(PauseRecord record)
    {
        database.Execute(
            "INSERT OR REPLACE INTO pauses (model, at, took_ms, waited, refused) VALUES ($model, $at, $took, $waited, $refused)",
            ("$model", record.Model),
            ("$at", StateDatabase.ToText(record.At)),
            ("$took", (long)record.Took.TotalMilliseconds),
            ("$waited", record.Waited),
            ("$refused", record.Refused));
        ImmutableInterlocked.Update(ref _all, (all, added) => all.SetItem(added.Model, added), record);
    }
}
