namespace ModelOps.Reconciler.State;

/// <summary>Lets go of the oldest records, at the start and then once in a while. Builds end with what refers to them, elsewhere.</summary>
internal sealed class Retention(StateDatabase database, RetentionLimits limits, TimeProvider time)
{
    private DateTimeOffset _due = DateTimeOffset.MinValue;

    internal void Apply()
    {
        var now = time.GetUtcNow();
        if (now < _due)
            return;
        _due = now + limits.Interval;
        database.Together(() =>
        {
            KeepNewest("DELETE FROM events WHERE id <= (SELECT COALESCE(MAX(id), 0) FROM events) - $keep", limits.Events);
            KeepNewest("DELETE FROM steps WHERE id <= (SELECT COALESCE(MAX(id), 0) FROM steps) - $keep", limits.Steps);
            KeepNewest(
                """
                DELETE FROM history WHERE run < (
                    SELECT MIN(run) FROM (SELECT run FROM history WHERE model = '' ORDER BY run DESC LIMIT $keep))
                """,
                limits.Runs);
            KeepNewest(
                """
                DELETE FROM revisions
                WHERE revision NOT IN (SELECT revision FROM revisions ORDER BY seen_at DESC LIMIT $keep)
                    AND revision NOT IN (SELECT accepted FROM sources WHERE accepted IS NOT NULL)
                    AND revision NOT IN (SELECT applied FROM sources WHERE applied IS NOT NULL)
                    AND revision NOT IN (SELECT revision FROM managed)
                """,
                limits.Revisions);
            AuditRecords.KeepNewest(database, limits.Audit);
        });
    }

    private void KeepNewest(string statement, int count) => database.Execute(statement, ("$keep", count));
}
