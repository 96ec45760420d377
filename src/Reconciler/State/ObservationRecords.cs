using System.Collections.Immutable;

namespace ModelOps.Reconciler.State;

/// <summary>A build that serves since a while ago, and goes back by itself when it serves badly.</summary>
/// <param name="Model">Complete name of the model.</param>
/// <param name="Build">Manifest digest of the build.</param>
/// <param name="Previous">The build that served before it.</param>
/// <param name="Since">When it took over.</param>
/// <param name="Until">When it has proved itself.</param>
internal sealed record ObservationRecord(string Model, string Build, string Previous, DateTimeOffset Since, DateTimeOffset Until);

/// <summary>The builds that are being observed, one per model. The work on a model begins one, the loop ends it.</summary>
internal sealed class ObservationRecords(StateDatabase database)
{
    private ImmutableDictionary<string, ObservationRecord> _all = database
        .Query(
            "SELECT model, build, previous, since, until FROM observations",
            row => new ObservationRecord(
                row.GetString(0), row.GetString(1), row.GetString(2), StateDatabase.ToTime(row.GetString(3)),
                StateDatabase.ToTime(row.GetString(4))))
        .ToImmutableDictionary(record => record.Model, StringComparer.Ordinal);

    internal ImmutableDictionary<string, ObservationRecord> All => _all;

    internal void Set(ObservationRecord record)
    {
        database.Execute(
            "INSERT OR REPLACE INTO observations (model, build, previous, since, until) "
            + "VALUES ($model, $build, $previous, $since, $until)",
            ("$model", record.Model),
            ("$build", record.Build),
            ("$previous", record.Previous),
            ("$since", StateDatabase.ToText(record.Since)),
            ("$until", StateDatabase.ToText(record.Until)));
        ImmutableInterlocked.Update(ref _all, (all, added) => all.SetItem(added.Model, added), record);
    }

    internal void Remove(string model)
    {
        if (!_all.ContainsKey(model))
            return;
        database.Execute("DELETE FROM observations WHERE model = $model", ("$model", model));
        ImmutableInterlocked.Update(ref _all, (all, gone) => all.Remove(gone), model);
    }
}
