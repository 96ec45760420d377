using Microsoft.Data.Sqlite;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Tests.Sources;

namespace ModelOps.Reconciler.Tests.State;

/// <summary>What could not be written down did not happen: it is written as soon as that is possible again.</summary>
public sealed class HistoryRecordsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StateDatabase _database;
    private readonly HistoryRecords _history;

    public HistoryRecordsTests()
    {
        _database = StateDatabase.Open(_folder.Combine("state.db"));
        _history = new HistoryRecords(_database, "main", TimeProvider.System);

        // A row that is allowed within a change and refused at its end, as a disk does that is full.
        _database.Execute("PRAGMA foreign_keys = ON");
        _database.Execute("CREATE TABLE space (id INTEGER PRIMARY KEY)");
        _database.Execute("CREATE TABLE taken (id INTEGER REFERENCES space(id) DEFERRABLE INITIALLY DEFERRED)");
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_run_that_could_not_be_begun_is_begun_later()
    {
        Fill();
        Assert.Throws<SqliteException>(() => _history.Begin("aaaa", "someone"));
        Empty();

        _history.Begin("aaaa", "someone");
        _history.Start(["one", "two"]);
        _history.Finish([new("one", HistoryResult.Applied, "", ""), new("two", HistoryResult.Applied, "", "")], isApplied: true);

        Assert.Equal(["", "one", "two"], Rows().Select(row => row.Model));
        Assert.All(Rows(), row => Assert.Equal(HistoryResult.Applied, row.Result));
    }

    [Fact]
    public void What_came_of_a_run_is_written_down_later()
    {
        _history.Begin("aaaa", "someone");
        _history.Start(["one"]);
        Fill();
        Assert.Throws<SqliteException>(() => _history.Finish([new("one", HistoryResult.Applied, "", "")], isApplied: true));
        Empty();

        Assert.NotNull(_history.Finish([new("one", HistoryResult.Applied, "", "")], isApplied: true));

        Assert.All(Rows(), row => Assert.Equal(HistoryResult.Applied, row.Result));
    }

    [Fact]
    public void A_rollback_is_written_down_later()
    {
        _history.Begin("aaaa", "someone");
        Fill();
        Assert.Throws<SqliteException>(() => _history.RollBack("one", "b", "why"));
        Empty();

        _history.RollBack("one", "b", "why");

        Assert.Equal([HistoryResult.RolledBack, HistoryResult.RolledBack], Rows().Select(row => row.Result));
    }

    [Fact]
    public void A_rejection_is_written_down_later()
    {
        Fill();
        Assert.Throws<SqliteException>(() => _history.Reject("aaaa", "no"));
        Empty();

        Assert.True(_history.Reject("aaaa", "no"));
        Assert.False(_history.Reject("aaaa", "no"));

        Assert.Single(Rows());
    }

    private void Fill()
    {
        _database.Execute("CREATE TRIGGER full_for_new AFTER INSERT ON history BEGIN INSERT INTO taken VALUES (1); END");
        _database.Execute("CREATE TRIGGER full_for_changed AFTER UPDATE ON history BEGIN INSERT INTO taken VALUES (1); END");
    }

    private void Empty()
    {
        _database.Execute("DROP TRIGGER full_for_new");
        _database.Execute("DROP TRIGGER full_for_changed");
    }

    private HistoryRecord[] Rows() => [.. _history.Latest(100, model: null)];
}
