using System.Collections.Immutable;

namespace ModelOps.Reconciler.State;

/// <summary>The work that goes on or is tried again, one record per model. Any thread writes those of its own model.</summary>
internal sealed class OperationRecords(StateDatabase database)
{
    private ImmutableDictionary<string, OperationRecord> _all = Load(database);

    internal ImmutableDictionary<string, OperationRecord> All => _all;

    internal OperationRecord? Find(string model) => _all.GetValueOrDefault(model);

    internal void Set(OperationRecord record)
    {
        database.Execute(
            """
            INSERT OR REPLACE INTO operations (
                model, source, revision, plan, inputs, attempt, phase, step, since, phase_since, completed, total, attempts, reason,
                message, next_retry)
            VALUES (
                $model, $source, $revision, $plan, $inputs, $attempt, $phase, $step, $since, $phase_since, $completed, $total, $attempts,
                $reason, $message, $next_retry)
            """,
            ("$model", record.Model),
            ("$source", record.Source),
            ("$revision", record.Revision),
            ("$plan", record.Plan),
            ("$inputs", record.Inputs),
            ("$attempt", record.Attempt),
            ("$phase", record.Phase),
            ("$step", record.Step),
            ("$since", StateDatabase.ToText(record.Since)),
            ("$phase_since", StateDatabase.ToText(record.PhaseSince)),
            ("$completed", record.Completed),
            ("$total", record.Total),
            ("$attempts", record.Attempts),
            ("$reason", record.Reason),
            ("$message", record.Message),
            ("$next_retry", record.NextRetry is { } due ? StateDatabase.ToText(due) : null));
        ImmutableInterlocked.Update(ref _all, (all, added) => all.SetItem(added.Model, added), record);
    }

    internal void Remove(string model)
    {
        if (!_all.ContainsKey(model))
            return;
        database.Execute("DELETE FROM operations WHERE model = $model", ("$model", model));
        ImmutableInterlocked.Update(ref _all, (all, gone) => all.Remove(gone), model);
    }

    private static ImmutableDictionary<string, OperationRecord> Load(StateDatabase database) => database
        .Query(
            """
            SELECT model, source, revision, plan, inputs, attempt, since, phase, step, phase_since, completed, total, attempts, reason,
                message, next_retry
            FROM operations
            """,
            row => new OperationRecord(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
                StateDatabase.ToTime(row.GetString(6)))
            {
                Phase = row.GetString(7),
                Step = row.GetInt64(8),
                PhaseSince = StateDatabase.ToTime(row.GetString(9)),
                Completed = row.GetInt64(10),
                Total = row.GetInt64(11),
                Attempts = row.GetInt32(12),
                Reason = row.GetString(13),
                Message = row.GetString(14),
                NextRetry = row.IsDBNull(15) ? null : StateDatabase.ToTime(row.GetString(15)),
            })
        .ToImmutableDictionary(record => record.Model, StringComparer.Ordinal);
}
