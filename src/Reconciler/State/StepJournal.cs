namespace ModelOps.Reconciler.State;

/// <summary>One side effect: what it was to do, and what came of it.</summary>
/// <param name="Id">Number in the journal.</param>
/// <param name="Revision">For which revision.</param>
/// <param name="Model">On which model.</param>
/// <param name="Step">Which step.</param>
/// <param name="State"><c>Intended</c>, <c>Done</c> or <c>Failed</c>.</param>
/// <param name="Detail">Digest, message, …</param>
/// <param name="At">When that was written.</param>
public sealed record StepRecord(long Id, string Revision, string Model, string Step, string State, string Detail, DateTimeOffset At);

/// <summary>
/// An intent before and a result after every side effect. Steps are idempotent, so after a kill the journal is only read to report
/// what was cut short; planning anew from what is really there does the rest.
/// </summary>
internal sealed class StepJournal(StateDatabase database, TimeProvider time)
{
    /// <summary>Called after every record; tests end the process here.</summary>
    internal Action<string, string>? Written { get; set; }

    internal long Intend(string revision, string model, string step) => Begin(revision, model, step, done: null, _ => { });

    internal void Finish(long id, string step, bool done, string detail) => End(id, step, done, detail, () => { });

    /// <summary>A step is about to be done. With the end of the one before it that is one record, durable as a whole.</summary>
    /// <param name="revision">For which revision.</param>
    /// <param name="model">On which model.</param>
    /// <param name="step">The step.</param>
    /// <param name="done">The step before it; null when it is the first.</param>
    /// <param name="also">Writes down what belongs to it; takes its number.</param>
    internal long Begin(string revision, string model, string step, (long Id, string Step)? done, Action<long> also)
    {
        var id = 0L;
        database.Together(() =>
        {
            if (done is { } before)
                Close(before.Id, done: true, "");
            id = Open(revision, model, step);
            also(id);
        });
        if (done is { } ended)
            Written?.Invoke(ended.Step, "Done");
        Written?.Invoke(step, "Intended");
        return id;
    }

    /// <summary>What came of the last step.</summary>
    internal void End(long id, string step, bool done, string detail, Action also)
    {
        database.Together(() =>
        {
            Close(id, done, detail);
            also();
        });
        Written?.Invoke(step, done ? "Done" : "Failed");
    }

    private long Open(string revision, string model, string step) => database.Query(
        "INSERT INTO steps (revision, model, step, state, detail, at) VALUES ($revision, $model, $step, 'Intended', '', $at) "
        + "RETURNING id",
        row => row.GetInt64(0),
        ("$revision", revision),
        ("$model", model),
        ("$step", step),
        ("$at", StateDatabase.ToText(time.GetUtcNow())))[0];

    private void Close(long id, bool done, string detail) => database.Execute(
        "UPDATE steps SET state = $state, detail = $detail, at = $at WHERE id = $id",
        ("$id", id),
        ("$state", done ? "Done" : "Failed"),
        ("$detail", detail),
        ("$at", StateDatabase.ToText(time.GetUtcNow())));

    /// <summary>Steps that were begun and never ended, oldest first; then forgets that they were open.</summary>
    internal List<StepRecord> TakeInterrupted()
    {
        var open = database.Query(
            "SELECT id, revision, model, step, state, detail, at FROM steps WHERE state = 'Intended' ORDER BY id", Read);
        database.Execute("UPDATE steps SET state = 'Failed', detail = 'interrupted' WHERE state = 'Intended'");
        return open;
    }

    internal List<StepRecord> Latest(string model, int count) => database.Query(
        "SELECT id, revision, model, step, state, detail, at FROM steps WHERE model = $model ORDER BY id DESC LIMIT $count",
        Read,
        ("$model", model),
        ("$count", count));

    private static StepRecord Read(Microsoft.Data.Sqlite.SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
        StateDatabase.ToTime(row.GetString(6)));
}
