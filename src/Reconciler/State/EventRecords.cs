using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.State;

/// <summary>Something happened that an operator may want to know.</summary>
/// <param name="Id">Grows by one.</param>
/// <param name="At">When.</param>
/// <param name="Type">What kind.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Subject">Model it is about; empty for the set or the source.</param>
/// <param name="Revision">Revision it belongs to; may be empty.</param>
/// <param name="Build">Build it is about; may be empty.</param>
/// <param name="Message">One sentence.</param>
public sealed record EventRecord(
    long Id, DateTimeOffset At, EventKind Type, Severity Severity, string Subject, string Revision, string Build, string Message)
{
    /// <summary>Who caused it: the author of the commit, or who gave the command; empty when it was the machine.</summary>
    public string Actor { get; init; } = "";

    /// <summary>Token of the request that caused it; empty when none did.</summary>
    public string Request { get; init; } = "";
}

/// <summary>How one revision went, from acceptance to the end of its last step.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Result"><c>Applied</c>, <c>Rejected</c>, <c>Partial</c> or <c>Superseded</c>.</param>
/// <param name="StartedAt">When work on it began.</param>
/// <param name="DurationMs">How long it took.</param>
/// <param name="Author">Who committed it.</param>
/// <param name="Message">Counts, or why not.</param>
public sealed record HistoryRecord(
    string Revision, string Result, DateTimeOffset StartedAt, long DurationMs, string Author, string Message);

/// <summary>Events and history, newest kept.</summary>
internal sealed class EventRecords(StateDatabase database)
{
    private const int Kept = 5000;

    internal long LastId { get; } = database.Query("SELECT COALESCE(MAX(id), 0) FROM events", row => row.GetInt64(0))[0];

    /// <summary>Writes events with the numbers they have.</summary>
    internal void Add(IReadOnlyCollection<EventRecord> items) => database.Together(() =>
    {
        foreach (var item in items)
        {
            database.Execute(
                """
                INSERT INTO events (id, at, type, severity, subject, revision, build, message, actor, request)
                VALUES ($id, $at, $type, $severity, $subject, $revision, $build, $message, $actor, $request)
                """,
                ("$id", item.Id),
                ("$at", StateDatabase.ToText(item.At)),
                ("$type", item.Type.ToString()),
                ("$severity", item.Severity.ToString()),
                ("$subject", item.Subject),
                ("$revision", item.Revision),
                ("$build", item.Build),
                ("$message", item.Message),
                ("$actor", item.Actor),
                ("$request", item.Request));
        }

        database.Execute("DELETE FROM events WHERE id <= $last", ("$last", items.Max(item => item.Id) - Kept));
    });

    /// <summary>The newest events, oldest first.</summary>
    internal List<EventRecord> Latest(int count)
    {
        var rows = database.Query(
            "SELECT id, at, type, severity, subject, revision, build, message, actor, request FROM events ORDER BY id DESC LIMIT $count",
            row => new EventRecord(
                row.GetInt64(0),
                StateDatabase.ToTime(row.GetString(1)),
                Enum.Parse<EventKind>(row.GetString(2)),
                Enum.Parse<Severity>(row.GetString(3)),
                row.GetString(4),
                row.GetString(5),
                row.GetString(6),
                row.GetString(7))
            {
                Actor = row.GetString(8),
                Request = row.GetString(9),
            },
            ("$count", count));
        rows.Reverse();
        return rows;
    }

    internal void AddHistory(HistoryRecord item) => database.Execute(
        """
        INSERT INTO history (run, revision, model, result, started_at, duration_ms, attempts, author, build, message)
        VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM history), $revision, '', $result, $at, $duration, 1, $author, '', $message)
        """,
        ("$revision", item.Revision),
        ("$result", item.Result),
        ("$at", StateDatabase.ToText(item.StartedAt)),
        ("$duration", item.DurationMs),
        ("$author", item.Author),
        ("$message", item.Message));

    /// <summary>The newest entries, newest first.</summary>
    internal List<HistoryRecord> LatestHistory(int count) => database.Query(
        "SELECT revision, result, started_at, duration_ms, author, message FROM history ORDER BY id DESC LIMIT $count",
        row => new HistoryRecord(
            row.GetString(0), row.GetString(1), StateDatabase.ToTime(row.GetString(2)), row.GetInt64(3), row.GetString(4),
            row.GetString(5)),
        ("$count", count));
}
