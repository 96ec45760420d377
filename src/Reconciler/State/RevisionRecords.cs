using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.State;

/// <summary>What became of a revision.</summary>
public enum RevisionOutcome
{
    /// <summary>It was good, and is what we converge to (or did).</summary>
    Accepted,

    /// <summary>It was refused; the one before it keeps serving.</summary>
    Rejected,

    /// <summary>Everything in it is in force.</summary>
    Applied,
}

/// <summary>Remembers which revisions were accepted, rejected and applied.</summary>
internal sealed class RevisionRecords(StateDatabase database)
{
    internal string? Accepted => Fact("accepted");

    internal string? Applied => Fact("applied");

    /// <summary>Why changes are not applied at the moment; null when they are.</summary>
    internal string? Suspended => Fact("suspended");

    /// <summary>The source that <see cref="Accepted"/> is a revision of; another source starts anew.</summary>
    internal string? Source => Fact("source");

    internal void Accept(RevisionFacts facts, string source, DateTimeOffset now) => database.Together(() =>
    {
        Record(facts, RevisionOutcome.Accepted, "", now);
        Set("accepted", facts.Revision);
        Set("source", source);
        Set("rewind_allowed", value: null);
    });

    internal void Reject(RevisionFacts facts, string message, DateTimeOffset now) => Record(facts, RevisionOutcome.Rejected, message, now);

    internal void Apply(string revision) => database.Together(() =>
    {
        database.Execute("UPDATE revisions SET outcome = 'Applied' WHERE revision = $revision", ("$revision", revision));
        Set("applied", revision);
    });

    /// <summary>When a suspension ends by itself; null when it does not.</summary>
    internal DateTimeOffset? SuspendedUntil => Fact("suspended_until") is { } until ? StateDatabase.ToTime(until) : null;

    /// <summary>The one revision that may be accepted although it does not descend from the accepted one.</summary>
    internal string? RewindAllowed => Fact("rewind_allowed");

    internal void Suspend(string? reason, DateTimeOffset? until = null) => database.Together(() =>
    {
        Set("suspended", reason);
        Set("suspended_until", until is { } end ? StateDatabase.ToText(end) : null);
    });

    internal void AllowRewind(string? revision) => Set("rewind_allowed", revision);

    /// <summary>The message a revision was rejected with; null when it was not.</summary>
    internal string? RejectionOf(string revision) => database
        .Query(
            "SELECT message FROM revisions WHERE revision = $revision AND outcome = 'Rejected'", row => row.GetString(0),
            ("$revision", revision))
        .FirstOrDefault();

    private void Record(RevisionFacts facts, RevisionOutcome outcome, string message, DateTimeOffset now) => database.Execute(
        """
        INSERT INTO revisions (revision, author, subject, seen_at, outcome, message) VALUES ($revision, $author, $subject, $at, $outcome, $message)
        ON CONFLICT (revision) DO UPDATE SET outcome = $outcome, message = $message
        """,
        ("$revision", facts.Revision),
        ("$author", facts.Author),
        ("$subject", facts.Subject),
        ("$at", StateDatabase.ToText(now)),
        ("$outcome", outcome.ToString()),
        ("$message", message));

    private string? Fact(string key) =>
        database.Query("SELECT value FROM facts WHERE key = $key", row => row.GetString(0), ("$key", key)).FirstOrDefault();

    private void Set(string key, string? value)
    {
        if (value is null)
            database.Execute("DELETE FROM facts WHERE key = $key", ("$key", key));
        else
        {
            database.Execute(
                "INSERT INTO facts (key, value) VALUES ($key, $value) ON CONFLICT (key) DO UPDATE SET value = $value", ("$key", key),
                ("$value", value));
        }
    }
}
