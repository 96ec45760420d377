using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Tests.Sources;

namespace ModelOps.Reconciler.Tests.State;

/// <summary>The past is kept up to a number of records each; what is in force is never let go.</summary>
public sealed class RetentionTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly StateDatabase _database;

    public RetentionTests() => _database = StateDatabase.Open(_home.Combine("state.db"));

    public void Dispose()
    {
        _database.Dispose();
        _home.Dispose();
    }

    [Fact]
    public void Only_the_newest_records_of_each_kind_are_kept()
    {
        var revisions = new RevisionRecords(_database, "main");
        var source = new SourceAnchor("default", "HEAD", "here");
        var history = new HistoryRecords(_database, "main", TimeProvider.System);
        var journal = new StepJournal(_database, TimeProvider.System);
        for (var number = 0; number < 20; number++)
        {
            var revision = $"r{number}";
            var facts = new RevisionFacts(revision, "A", "S", CommittedAt: null);
            if (number < 3)
                revisions.Accept(facts, source, [], At(number));
            else
                revisions.Reject(facts, [], "no", "", At(number));
            history.Begin(revision, "A");
            history.Start(["a", "b"]);
            history.Finish([], isApplied: true);
            journal.Finish(journal.Intend(revision, "a", "Build"), "Build", done: true, "");
        }

        new EventRecords(_database).Add(
            [
                .. Enumerable.Range(1, 20).Select(
                    number => new EventRecord(number, At(number), EventKind.Switched, Severity.Info, "a", "", "", "")),
            ]);
        revisions.Apply("r1");

        var limits = new RetentionLimits { Events = 5, Runs = 3, Steps = 4, Revisions = 6 };
        new Retention(_database, limits, TimeProvider.System).Apply();

        Assert.Equal([16, 17, 18, 19, 20], new EventRecords(_database).Find(new EventQuery()).Select(item => item.Id));
        Assert.Equal(["r19", "r18", "r17"], history.Latest(100).Select(item => item.Revision));
        Assert.Equal(9, history.Latest(100, model: null).Count);
        Assert.Equal(4, journal.Latest("a", 100).Count);
        Assert.Equal(
            ["r1", "r14", "r15", "r16", "r17", "r18", "r19", "r2"],
            _database.Query("SELECT revision FROM revisions ORDER BY revision", row => row.GetString(0)));
    }

    [Fact]
    public void Numbers_of_events_go_on_after_all_were_let_go()
    {
        new EventRecords(_database).Add([new EventRecord(7, At(0), EventKind.Switched, Severity.Info, "a", "", "", "")]);

        new Retention(_database, new RetentionLimits { Events = 0 }, TimeProvider.System).Apply();

        Assert.Equal(7, new EventRecords(_database).LastId);
    }

    [Fact]
    public void The_chain_of_an_audit_of_which_the_oldest_rows_went_is_whole_and_a_changed_row_or_anchor_shows()
    {
        var audit = new AuditRecords(_database);
        _database.Together(() =>
        {
            for (var number = 0; number < 5000; number++)
                audit.Add(Request(number));
        });
        var limits = new RetentionLimits { Audit = 1000 };
        new Retention(_database, limits, TimeProvider.System).Apply();
        audit.Add(Request(5000));
        new Retention(_database, limits, TimeProvider.System).Apply();

        Assert.Equal((4002, 5001), Ids());
        Assert.Null(audit.FindBreak());
        _database.Execute("UPDATE audit SET actor = 'somebody' WHERE id = 4500");
        Assert.Equal(4500, audit.FindBreak());
        _database.Execute("UPDATE audit SET actor = 'ana' WHERE id = 4500");
        Assert.Null(audit.FindBreak());
        _database.Execute("DELETE FROM audit WHERE id = 4002");
        Assert.Equal(4003, audit.FindBreak());
    }

    [Fact]
    public void An_audit_of_which_all_rows_went_goes_on_from_the_last_one()
    {
        var audit = new AuditRecords(_database);
        audit.Add(Request(1));
        new Retention(_database, new RetentionLimits { Audit = 0 }, TimeProvider.System).Apply();
        audit.Add(Request(2));

        Assert.Equal((2, 2), Ids());
        Assert.Null(audit.FindBreak());
        _database.Execute("DELETE FROM facts WHERE key = 'audit.anchor'");
        Assert.Equal(2, audit.FindBreak());
    }

    [Fact]
    public void Verdicts_and_diagnostics_of_many_rejected_revisions_go_and_those_of_the_one_in_force_stay()
    {
        var revisions = new RevisionRecords(_database, "main");
        var source = new SourceAnchor("main", "HEAD", "here");
        revisions.Accept(Facts("good"), source, [Stage(StageVerdict.Passed, 0)], At(0));
        for (var number = 1; number <= 300; number++)
            revisions.Reject(Facts($"r{number}"), [Stage(StageVerdict.Failed, number)], "no", new string('x', 1000), At(number));
        new Retention(_database, new RetentionLimits { Revisions = 50 }, TimeProvider.System).Apply();

        Assert.Single(revisions.StagesOf("good"));
        Assert.Single(revisions.StagesOf("r300"));
        Assert.Empty(revisions.StagesOf("r100"));
        Assert.Equal(101, Count("stages"));
        Assert.Equal(51, Count("revisions"));
    }

    private static RequestRecord Request(int number) =>
        new($"req-{number}", "sync", "", "", "ana", "a reason", At(number)) { Outcome = RequestOutcome.Done, Message = "done" };

    private static RevisionFacts Facts(string revision) => new(revision, "A", "S", CommittedAt: null);

    private static StageRecord Stage(StageVerdict verdict, int minute) =>
        new(RevisionStage.Read, verdict, ConditionReason.NoChange, "", At(minute));

    private (long First, long Last) Ids() =>
        _database.Query("SELECT MIN(id), MAX(id) FROM audit", row => (row.GetInt64(0), row.GetInt64(1)))[0];

    private long Count(string table) => _database.Query($"SELECT COUNT(*) FROM {table}", row => row.GetInt64(0))[0];

    private static DateTimeOffset At(int minute) => DateTimeOffset.UnixEpoch + TimeSpan.FromMinutes(minute);
}
