using ModelOps.ModelfileLang.Diagnostics;
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

    private static DateTimeOffset At(int minute) => DateTimeOffset.UnixEpoch + TimeSpan.FromMinutes(minute);
}
