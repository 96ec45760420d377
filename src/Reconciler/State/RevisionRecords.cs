using System.Collections.Immutable;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Revisions;
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
    private const int KeptVerdicts = 100;

    internal string? Accepted => Fact("accepted");

    internal string? Applied => Fact("applied");

    /// <summary>Why changes are not applied at the moment; null when they are.</summary>
    internal string? Suspended => Fact("suspended");

    /// <summary>What <see cref="Accepted"/> is a revision of; another source starts anew.</summary>
    internal SourceAnchor? Source => Fact("source") is { } name
        ? new SourceAnchor(name, Fact("source.branch") ?? "HEAD", Fact("source.location") ?? "")
        : null;

    internal void Accept(RevisionFacts facts, SourceAnchor source, ImmutableArray<StageRecord> stages, DateTimeOffset now) =>
        database.Together(() =>
        {
            Record(facts, RevisionOutcome.Accepted, "", now);
            Set("accepted", facts.Revision);
            Set("source", source.Name);
            Set("source.branch", source.Branch);
            Set("source.location", source.Location);
            Set("rewind_allowed", value: null);
            Judge(source.Name, facts.Revision, stages, "");
        });

    internal void Reject(
        RevisionFacts facts, SourceAnchor source, ImmutableArray<StageRecord> stages, string message, string diagnostics,
        DateTimeOffset now) => database.Together(() =>
        {
            Record(facts, RevisionOutcome.Rejected, message, now);
            Judge(source.Name, facts.Revision, stages, diagnostics);
        });

    /// <summary>What each stage found in a revision, in their order.</summary>
    internal ImmutableArray<StageRecord> StagesOf(string source, string revision) =>
    [
        .. database.Query(
            "SELECT stage, verdict, reason, message, at FROM stages WHERE source = $source AND revision = $revision",
            row => new StageRecord(
                Enum.Parse<RevisionStage>(row.GetString(0)), Enum.Parse<StageVerdict>(row.GetString(1)), ReasonWords.Of(row.GetString(2)),
                row.GetString(3), StateDatabase.ToTime(row.GetString(4))),
            ("$source", source), ("$revision", revision))
            .OrderBy(stage => stage.Stage),
    ];

    /// <summary>What was wrong with a revision that was rejected, as it was written; empty when nothing is known.</summary>
    internal string DiagnosticsOf(string source, string revision) => database
        .Query(
            "SELECT diagnostics FROM stages WHERE source = $source AND revision = $revision AND verdict = 'Failed'",
            row => row.GetString(0), ("$source", source), ("$revision", revision))
        .FirstOrDefault() ?? "";

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

    /// <summary>Replaces what was found before, and lets go of the verdicts over old revisions.</summary>
    private void Judge(string source, string revision, ImmutableArray<StageRecord> stages, string diagnostics)
    {
        database.Execute(
            "DELETE FROM stages WHERE source = $source AND revision = $revision", ("$source", source), ("$revision", revision));
        foreach (var stage in stages)
        {
            database.Execute(
                """
                INSERT INTO stages (source, revision, stage, verdict, reason, message, diagnostics, at)
                VALUES ($source, $revision, $stage, $verdict, $reason, $message, $diagnostics, $at)
                """,
                ("$source", source),
                ("$revision", revision),
                ("$stage", stage.Stage.ToString()),
                ("$verdict", stage.Verdict.ToString()),
                ("$reason", stage.Reason.ToString()),
                ("$message", stage.Message),
                ("$diagnostics", stage.Verdict == StageVerdict.Failed ? diagnostics : ""),
                ("$at", StateDatabase.ToText(stage.At)));
        }

        database.Execute(
            """
            DELETE FROM stages WHERE source = $source AND revision NOT IN (
                SELECT revision FROM stages WHERE source = $source GROUP BY revision ORDER BY MAX(at) DESC LIMIT $kept)
                AND revision NOT IN (SELECT value FROM facts WHERE key IN ('accepted', 'applied'))
            """,
            ("$source", source), ("$kept", KeptVerdicts));
    }

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
