using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Tests.Sources;

namespace ModelOps.Reconciler.Tests.State;

public sealed class StateDatabaseTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    private string DatabaseFile => _home.Combine("state.db");

    public void Dispose() => _home.Dispose();

    [Fact]
    public void What_was_recorded_is_there_after_opening_again()
    {
        using (var database = StateDatabase.Open(DatabaseFile))
        {
            new RevisionRecords(database, "main")
                .Accept(
                    new RevisionFacts("r1", "A", "S", CommittedAt: null), new SourceAnchor("default", "HEAD", "here"), [],
                    TimeProvider.System.GetUtcNow());
            new ManagedNames(database)
                .Set([new ManagedName(ModelStore.Names.ModelName.Parse("n").FullName, "m", "b", "i", "r1", Protect: true)]);
        }

        using var again = StateDatabase.Open(DatabaseFile);

        Assert.Equal("r1", new RevisionRecords(again, "main").Accepted);
        Assert.True(Assert.Single(new ManagedNames(again).All.Values).Protect);
    }

    [Fact]
    public void Every_commit_is_on_disk_before_it_counts()
    {
        using var database = StateDatabase.Open(DatabaseFile);

        Assert.Equal("wal", database.Query("PRAGMA journal_mode", row => row.GetString(0))[0]);
        Assert.Equal(2, database.Query("PRAGMA synchronous", row => row.GetInt32(0))[0]);
    }

    [Fact]
    public void A_file_of_a_newer_version_is_refused()
    {
        using (var database = StateDatabase.Open(DatabaseFile))
            database.Execute("PRAGMA user_version = 999");

        Assert.Contains(
            "newer version", Assert.Throws<StateException>(() => StateDatabase.Open(DatabaseFile)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_told_in_one_sentence()
    {
        File.WriteAllText(DatabaseFile, string.Concat(Enumerable.Repeat("not a database ", 500)));

        Assert.Contains(
            "move it away", Assert.Throws<StateException>(() => StateDatabase.Open(DatabaseFile)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_is_not_what_was_written_is_damage_and_no_fault_of_the_program()
    {
        using (var database = StateDatabase.Open(DatabaseFile))
        {
            database.Execute(
                "INSERT INTO managed (name, model, build, inputs, revision, protect, policy) VALUES ('a b c', 'm', 'b', 'i', 'r', 0, '')");
            database.Execute("INSERT INTO undeclared (name, since) VALUES ('m', 'some day')");
        }

        using var again = StateDatabase.Open(DatabaseFile);

        Assert.Contains("is damaged", Assert.Throws<StateException>(() => new ManagedNames(again)).Message, StringComparison.Ordinal);
        Assert.Contains("move it away", Assert.Throws<StateException>(() => new UndeclaredNames(again)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_was_begun_and_not_ended_is_found_after_a_restart()
    {
        using (var database = StateDatabase.Open(DatabaseFile))
        {
            var journal = new StepJournal(database, TimeProvider.System);
            journal.Finish(journal.Intend("r", "m", "Build"), "Build", done: true, "");
            journal.Intend("r", "m", "Switch");
        }

        using var again = StateDatabase.Open(DatabaseFile);
        var reopened = new StepJournal(again, TimeProvider.System);

        Assert.Equal("Switch", Assert.Single(reopened.TakeInterrupted()).Step);
        Assert.Empty(reopened.TakeInterrupted());
    }

    [Fact]
    public void A_hold_stays_until_it_is_released()
    {
        using var database = StateDatabase.Open(DatabaseFile);
        var holds = new HoldRecords(database);
        holds.Add(new Hold("m", "i", "gate", "gate", TimeProvider.System.GetUtcNow()));

        Assert.Equal("i", holds.All["m"].Inputs);
        Assert.True(holds.Release("m"));
        Assert.Empty(holds.All);
    }
}
