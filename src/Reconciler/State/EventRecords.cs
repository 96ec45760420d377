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

    /// <summary>Name of the source it is about, or whose model it is about; empty when about none.</summary>
    public string Source { get; init; } = "";
}

/// <summary>The events that are kept.</summary>
internal sealed class EventRecords(StateDatabase database)
{
    private readonly AuditRecords _audit = new(database);

    internal long LastId { get; } = database
        .Query("SELECT seq FROM sqlite_sequence WHERE name = 'events'", row => row.GetInt64(0)).FirstOrDefault();

    /// <summary>
    /// Writes events with the numbers they have, and those that changed something into the audit as well, unless the request that asked for
    /// it is there.
    /// </summary>
    internal void Add(IReadOnlyCollection<EventRecord> items) => database.Together(() =>
    {
        foreach (var item in items)
        {
            database.Execute(
                """
                INSERT INTO events (id, at, type, severity, subject, revision, build, message, actor, request, source)
                VALUES ($id, $at, $type, $severity, $subject, $revision, $build, $message, $actor, $request, $source)
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
                ("$request", item.Request),
                ("$source", item.Source));
            if (EventKinds.IsChange(item.Type) && item.Request.Length == 0)
                _audit.Add(item);
        }
    });

    /// <summary>The newest events that fit, oldest first.</summary>
    internal List<EventRecord> Find(EventQuery query)
    {
        var rows = database.Query(
            """
            SELECT id, at, type, severity, subject, revision, build, message, actor, request, source FROM events
            WHERE id > $after AND at >= $since AND ($subjects = '' OR instr($subjects, ' ' || subject || ' ') > 0)
            ORDER BY id DESC LIMIT $count
            """,
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
                Source = row.GetString(10),
            },
            ("$after", query.After),
            ("$since", StateDatabase.ToText(query.Since)),
            ("$subjects", query.Subjects.IsEmpty ? "" : $" {string.Join(' ', query.Subjects)} "),
            ("$count", query.Bounded));
        rows.Reverse();
        return rows;
    }
}
