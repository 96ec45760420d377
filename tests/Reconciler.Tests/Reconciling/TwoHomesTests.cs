using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Reconciling;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>Two servers on one store: each name is one server's, and neither touches what is the other's.</summary>
public sealed class TwoHomesTests : IAsyncDisposable
{
    private const string AtOnce = "  prune: { gracePeriod: 0s, maxDeletes: 100% }\n";

    private static readonly ModelName s_a = ModelName.Parse("a");

    private readonly ReconcileHost _first = new();
    private readonly ReconcileHost _second;

    public TwoHomesTests() => _second = new ReconcileHost(TimeProvider.System, store: _first.Store.Folder);

    public async ValueTask DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
    }

    [Theory]
    [InlineData("    - { name: a, modelfile: a }\n")]
    [InlineData("    - { name: b, modelfile: a, aliases: [ a ] }\n")]
    [InlineData("    - { name: x, modelfile: a }\n")]
    public async Task A_name_that_another_server_has_is_refused_with_whose_it_is_and_the_rest_is_served(string declared)
    {
        await ServeFirstAsync();
        _second.Commit("  models:\n" + declared + "    - { name: mine, inline: FROM w.gguf }\n", ("a", "FROM w.gguf\nSYSTEM second"));
        _second.FirstRetry = TimeSpan.FromMinutes(10);
        await _second.StartAsync();
        var status = await _second.SyncAsync();

        var refused = status.Models.Single(model => model.Name != "mine:latest");
        Assert.Equal(ConditionReason.NameConflict, refused.Reason);
        Assert.Contains(_first.Home, refused.Message, StringComparison.Ordinal);
        Assert.False(status.Ready);
        Assert.Contains(_second.Board.Events, item => item.Type == EventKind.NameConflict);
        Assert.NotNull(_second.Store.Find(ModelName.Parse("mine")));
        Assert.Equal(("first", "first"), (_first.SystemOf("a"), _first.SystemOf("x")));
        Assert.True((await _first.SyncAsync()).Ready);
    }

    [Fact]
    public async Task A_name_is_free_when_the_server_that_had_it_ends_and_is_not_taken_back_or_removed_by_it()
    {
        await ServeFirstAsync();
        _second.Commit("  models:\n    - { name: a, modelfile: a }\n", ("a", "FROM w.gguf\nSYSTEM second"));
        await _second.StartAsync();
        Assert.Equal(ConditionReason.NameConflict, (await _second.SyncAsync()).Models[0].Reason);

        await _first.StopAsync();
        Assert.True((await _second.SyncAsync()).Ready);
        Assert.Equal("second", _second.SystemOf("a"));

        _first.FirstRetry = TimeSpan.FromMinutes(10);
        await _first.StartAsync();
        Assert.Equal(ConditionReason.NameConflict, (await _first.SyncAsync()).Models[0].Reason);
        _first.Commit(AtOnce + "  models:\n    - { name: other, inline: FROM w.gguf }\n");
        await _first.SyncAsync();

        Assert.Equal("second", _second.SystemOf("a"));
        Assert.Null(_first.Store.Find(ModelName.Parse("x")));
        Assert.True((await _second.SyncAsync()).Ready);
    }

    [Fact]
    public async Task Builds_that_the_other_keeps_or_has_in_the_making_stay()
    {
        await ServeFirstAsync();
        _first.Commit(AtOnce + "  models:\n    - { name: a, modelfile: a, aliases: [ x ] }\n", ("a", "FROM w.gguf\nSYSTEM next"));
        await _first.SyncAsync();
        var staged = Reconciler.Execution.ReservedNames.Staged(s_a, new string('9', 64));
        _first.Store.Copy(s_a, staged);
        var before = Reserved("kept").Append(staged).ToArray();
        Assert.Equal(2, before.Length);

        _second.Commit("  prune: { blobRetention: 0s }\n  models:\n    - { name: b, modelfile: b }\n", ("b", "FROM w.gguf\nSYSTEM 0"));
        await _second.StartAsync();
        for (var update = 1; update <= 5; update++)
        {
            _second.Commit("  prune: { blobRetention: 0s }\n  models:\n    - { name: b, modelfile: b }\n", ("b", $"FROM w.gguf\nSYSTEM {update}"));
            await _second.SyncAsync();
        }

        Assert.Empty(before.Except([.. Reserved("kept"), .. Reserved("staged")]));
        Assert.Equal(RequestOutcome.Done, (await _first.AskAsync(new ControlCommand.Rollback(s_a))).Outcome);
        Assert.Equal("first", _first.SystemOf("a"));
    }

    [Fact]
    public async Task A_correction_that_is_undone_again_and_again_is_made_no_more_until_a_person_asks()
    {
        await ServeFirstAsync();
        for (var undone = 0; undone < FightWatch.Most; undone++)
        {
            _first.Store.Delete(s_a, keepBlobs: true);
            var status = await _first.SyncAsync();
            Assert.Equal("first", _first.SystemOf("a"));
            Assert.True(status.Ready);
        }

        _first.Store.Delete(s_a, keepBlobs: true);
        var stalled = await _first.SyncAsync();
        Assert.Null(_first.Store.Find(s_a));
        Assert.Contains(stalled.Conditions, condition => condition is { Type: ConditionType.Stalled, Status: true, Reason: ConditionReason.Fight });
        Assert.Equal((ConditionReason.Fight, false), (stalled.Models[0].Reason, stalled.Ready));
        Assert.Single(_first.Board.Events, item => item.Type == EventKind.FightDetected);
        Assert.Equal(RequestOutcome.Failed, (await _first.AskAsync(new ControlCommand.Sync())).Outcome);

        Assert.Equal(RequestOutcome.Done, (await _first.AskAsync(new ControlCommand.Retry(s_a))).Outcome);
        Assert.Equal("first", _first.SystemOf("a"));
        Assert.True(_first.Board.Current.Ready);
    }

    private ModelName[] Reserved(string space) =>
        [.. _first.Store.ListAll().Select(stored => stored.Name).Where(name => name.IsReserved && name.Namespace == space)];

    private async Task ServeFirstAsync()
    {
        _first.Commit(AtOnce + "  models:\n    - { name: a, modelfile: a, aliases: [ x ] }\n", ("a", "FROM w.gguf\nSYSTEM first"));
        await _first.StartAsync();
        Assert.True((await _first.SyncAsync()).Ready);
    }
}
