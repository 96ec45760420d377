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

/// <summary>Remembers which revisions of one source were accepted, rejected and applied.</summary>
/// <param name="database">Where that is written down.</param>
/// <param name="source">The operator's name of the source.</param>
internal sealed class RevisionRecords(StateDatabase database, string source)
{
    private const int KeptVerdicts = 100;

    internal string? Accepted => Find("accepted");

    internal string? Applied => Find("applied");

    /// <summary>What <see cref="Accepted"/> is a revision of; null before there was one. Another branch starts anew.</summary>
    internal SourceAnchor? Source => Accepted is null ? null : new SourceAnchor(source, Find("branch") ?? "HEAD", Find("location") ?? "");

    internal void Accept(RevisionFacts facts, SourceAnchor anchor, ImmutableArray<StageRecord> stages, DateTimeOffset now) =>
        database.Together(() =>
        {
            Record(facts, RevisionOutcome.Accepted, "", now);
            Set("accepted", facts.Revision);
            Set("branch", anchor.Branch);
            Set("location", anchor.Location);
            Set("rewind_allowed", value: null);
            Judge(facts.Revision, stages, "");
        });

    internal void Reject(
        RevisionFacts facts, ImmutableArray<StageRecord> stages, string message, string diagnostics, DateTimeOffset now) =>
        database.Together(() =>
        {
            Record(facts, RevisionOutcome.Rejected, message, now);
            Judge(facts.Revision, stages, diagnostics);
        });

    /// <summary>What each stage found in a revision, in their order.</summary>
    internal ImmutableArray<StageRecord> StagesOf(string revision) =>
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
    internal string DiagnosticsOf(string revision) => database
        .Query(
            "SELECT diagnostics FROM stages WHERE source = $source AND revision = $revision AND verdict = 'Failed'",
            row => row.GetString(0), ("$source", source), ("$revision", revision))
        .FirstOrDefault() ?? "";

    internal void Apply(string revision) => database.Together(() =>
    {
        database.Execute("UPDATE revisions SET outcome = 'Applied' WHERE revision = $revision", ("$revision", revision));
        Set("applied", revision);
    });

    /// <summary>The one revision that may be accepted although it does not descend from the accepted one.</summary>
    internal string? RewindAllowed => Find("rewind_allowed");

    internal void AllowRewind(string? revision) => Set("rewind_allowed", revision);

    /// <summary>Digest of the keys that were trusted last; null before any were.</summary>
    internal string? Trust => Find("trust");

    /// <summary>Why what is accepted is not trusted with them; null when it is.</summary>
    internal string? TrustLoss => Find("trust_loss");

    internal void SetTrust(string digest, string? loss) => database.Together(() =>
    {
        Set("trust", digest);
        Set("trust_loss", loss);
    });

    /// <summary>The message a revision was rejected with; null when it was not.</summary>
    internal string? RejectionOf(string revision) => database
        .Query(
            "SELECT message FROM revisions WHERE revision = $revision AND outcome = 'Rejected'", row => row.GetString(0),
            ("$revision", revision))
        .FirstOrDefault();

    /// <summary>Replaces what was found before, and lets go of the verdicts over old revisions.</summary>
    private void Judge(string revision, ImmutableArray<StageRecord> stages, string diagnostics)
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
                AND revision NOT IN (SELECT accepted FROM sources WHERE accepted IS NOT NULL)
                AND revision NOT IN (SELECT applied FROM sources WHERE applied IS NOT NULL)
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

    private string? Find(string column) => database
        .Query(
            $"SELECT {column} FROM sources WHERE name = $source", row => row.IsDBNull(0) ? null : row.GetString(0), ("$source", source))
        .FirstOrDefault();

    private void Set(string column, string? value) => database.Execute(
        $"""
        INSERT INTO sources (name, {column}) VALUES ($source, $value)
        ON CONFLICT (name) DO UPDATE SET {column} = $value
        """,
        ("$source", source), ("$value", value));
}
