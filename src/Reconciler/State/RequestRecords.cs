using Microsoft.Data.Sqlite;

namespace ModelOps.Reconciler.State;

/// <summary>What came of a request. The command line exits by it.</summary>
public enum RequestOutcome
{
    /// <summary>It was not handled yet.</summary>
    Pending,

    /// <summary>It is done, and what it asked for is in force.</summary>
    Done,

    /// <summary>It was not done, or what it led to does not work.</summary>
    Failed,

    /// <summary>The source could not be read.</summary>
    Source,

    /// <summary>Refused: a rewind, a digest, a policy, or changes are suspended.</summary>
    Refused,

    /// <summary>Memory or disk is too small.</summary>
    DoesNotFit,

    /// <summary>A step took longer than it may.</summary>
    Timeout,

    /// <summary>Some models are as declared, some are not.</summary>
    Partial,

    /// <summary>It named something that is not current any more.</summary>
    Stale,
}

/// <summary>What somebody asked of the reconciler, and what came of it.</summary>
/// <param name="Token">Names the request; not to be guessed.</param>
/// <param name="Verb">What was asked, as the command line calls it: <c>sync</c>, <c>hold</c>, …</param>
/// <param name="Model">Complete name of the model it is about; empty for the set.</param>
/// <param name="Argument">What the verb was given besides: a commit, a build, a digest, a time; may be empty.</param>
/// <param name="Actor">Who asked.</param>
/// <param name="Reason">Why, in the words of who asked; may be empty.</param>
/// <param name="At">When.</param>
public sealed record RequestRecord(
    string Token, string Verb, string Model, string Argument, string Actor, string Reason, DateTimeOffset At)
{
    /// <summary>What came of it.</summary>
    public RequestOutcome Outcome { get; init; } = RequestOutcome.Pending;

    /// <summary>That in a sentence; empty until it was handled.</summary>
    public string Message { get; init; } = "";

    /// <summary>When it was handled; null until it was.</summary>
    public DateTimeOffset? HandledAt { get; init; }
}

/// <summary>Requests, written down before they are answered and when they are handled; the newest of those are kept.</summary>
internal sealed class RequestRecords(StateDatabase database)
{
    private const int Kept = 1000;

    private const string Columns = "token, verb, model, argument, actor, reason, at, outcome, message, handled_at";

    /// <summary>Requests that were not handled when the daemon ended, oldest first.</summary>
    internal List<RequestRecord> Pending() =>
        database.Query($"SELECT {Columns} FROM requests WHERE outcome = 'Pending' ORDER BY id", Read);

    internal RequestRecord? Find(string token) =>
        database.Query($"SELECT {Columns} FROM requests WHERE token = $token", Read, ("$token", token)).FirstOrDefault();

    internal void Add(RequestRecord request) => database.Execute(
        $"""
        INSERT INTO requests ({Columns}) VALUES ($token, $verb, $model, $argument, $actor, $reason, $at, 'Pending', '', NULL)
        """,
        ("$token", request.Token),
        ("$verb", request.Verb),
        ("$model", request.Model),
        ("$argument", request.Argument),
        ("$actor", request.Actor),
        ("$reason", request.Reason),
        ("$at", StateDatabase.ToText(request.At)));

    /// <summary>Writes down what came of a request, for who waits for it and for the audit, as one.</summary>
    internal void Handle(RequestRecord request, AuditRecords audit) => database.Together(() =>
    {
        database.Execute(
            "UPDATE requests SET outcome = $outcome, message = $message, handled_at = $at WHERE token = $token",
            ("$token", request.Token),
            ("$outcome", request.Outcome.ToString()),
            ("$message", request.Message),
            ("$at", request.HandledAt is { } at ? StateDatabase.ToText(at) : null));
        audit.Add(request);
        database.Execute(
            "DELETE FROM requests WHERE outcome <> 'Pending' AND id <= (SELECT MAX(id) FROM requests) - $kept", ("$kept", Kept));
    });

    private static RequestRecord Read(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
        StateDatabase.ToTime(row.GetString(6)))
    {
        Outcome = Enum.Parse<RequestOutcome>(row.GetString(7)),
        Message = row.GetString(8),
        HandledAt = row.IsDBNull(9) ? null : StateDatabase.ToTime(row.GetString(9)),
    };
}
