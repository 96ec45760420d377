using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Reconciling;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Control;

/// <summary>Holds, rollbacks, retries and approvals: each a way out, and each ended by what it says.</summary>
public sealed class HoldTests : IAsyncDisposable
{
    private const string One = "  models:\n    - { name: a, modelfile: Modelfile, aliases: [ b ] }\n";

    private readonly ReconcileHost _host = new();

    private static ModelName A => ModelName.Parse("a");

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_held_model_keeps_its_build_and_settings_until_it_is_released()
    {
        await CommitAndSyncAsync("one", start: true);
        await _host.AskAsync(new ControlCommand.Hold(ModelName.Parse("b")), reason: "a demo");
        await CommitAndSyncAsync("two");
        await CommitAndSyncAsync("three");

        var held = Assert.Single(_host.Board.Current.Models);
        Assert.Equal(("one", "a demo"), (_host.SystemOf("a"), held.Hold));
        Assert.Equal(SyncState.OutOfSync, held.Sync);

        var released = await _host.AskAsync(new ControlCommand.Release(A));
        Assert.Equal(RequestOutcome.Done, released.Outcome);
        await _host.SyncAsync();
        Assert.Equal("three", _host.SystemOf("a"));
    }

    [Fact]
    public async Task A_rollback_needs_no_source_warms_first_and_lasts_until_git_asks_for_another_build()
    {
        await CommitAndSyncAsync("one", start: true);
        await CommitAndSyncAsync("two");
        var git = Path.Combine(_host.Repository.Path, ".git");
        Directory.Move(git, git + ".away");
        var served = "";
        _host.Runtime.OnWarm = (_, _) =>
        {
            served = _host.SystemOf("a");
            return Task.CompletedTask;
        };

        var back = await _host.AskAsync(new ControlCommand.Rollback(A), reason: "it is rude");

        Assert.Equal((RequestOutcome.Done, "two"), (back.Outcome, served));
        Assert.Equal(("one", "one"), (_host.SystemOf("a"), _host.SystemOf("b")));
        var model = _host.Board.Current.Models[0];
        Assert.Equal(("it is rude", ModelPhase.RolledBack, HealthState.Degraded), (model.Hold, model.Phase, model.Health));
        Assert.Contains(_host.Board.Current.Conditions, condition => condition.Type == ConditionType.RolledBack);
        Assert.Contains(_host.Board.Current.History, entry => entry.Result == HistoryResult.RolledBack);
        Assert.Contains(_host.Board.Events, item => item.Type == EventKind.RolledBack);
        Assert.False(_host.Board.Current.Ready);

        Directory.Move(git + ".away", git);
        Assert.NotEqual(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Sync())).Outcome);
        Assert.Equal("one", _host.SystemOf("a"));
        await CommitAndSyncAsync("three");
        Assert.Equal(("three", null), (_host.SystemOf("a"), _host.Board.Current.Models[0].Hold));
    }

    [Fact]
    public async Task A_rollback_goes_to_the_build_that_is_named_and_a_release_back_to_what_git_asks_for()
    {
        await CommitAndSyncAsync("one", start: true);
        var first = _host.Store.Find(A)!.Digest;
        await CommitAndSyncAsync("two");
        await CommitAndSyncAsync("three");

        var none = await _host.AskAsync(new ControlCommand.Rollback(A, "0000"));
        Assert.Equal(RequestOutcome.Failed, none.Outcome);
        Assert.Contains("kept are", none.Message, StringComparison.Ordinal);
        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Rollback(A, first[..12]))).Outcome);
        Assert.Equal("one", _host.SystemOf("a"));

        await _host.AskAsync(new ControlCommand.Release(A));
        await _host.SyncAsync();
        Assert.Equal("three", _host.SystemOf("a"));
    }

    [Fact]
    public async Task A_rollback_whose_process_ended_after_the_switch_is_in_the_history_after_the_next_start()
    {
        await CommitAndSyncAsync("one", start: true);
        await CommitAndSyncAsync("two");
        await CommitAndSyncAsync("three");
        await _host.AskAsync(new ControlCommand.Rollback(A));
        await _host.StopAsync();
        _host.Execute(
            "UPDATE requests SET outcome = 'Pending', message = '', handled_at = NULL WHERE verb = 'rollback';"
            + "UPDATE history SET result = 'Applied' WHERE result = 'RolledBack';");

        await _host.StartAsync();
        await _host.SyncAsync();

        Assert.Equal("two", _host.SystemOf("a"));
        Assert.Equal(0, _host.Count("requests WHERE outcome = 'Pending'"));
        Assert.True(_host.Count("history WHERE result = 'RolledBack'") > 0);
    }

    [Fact]
    public async Task A_rollback_whose_process_ended_between_two_names_goes_on_with_the_other_one_and_not_further_back()
    {
        await CommitAndSyncAsync("one", start: true);
        await CommitAndSyncAsync("two");
        await CommitAndSyncAsync("three");
        _host.Execute("CREATE TABLE saved AS SELECT * FROM managed");
        var third = _host.Store.Find(A)!;
        _host.Store.Copy(A, ModelName.Parse("saved"));
        await _host.AskAsync(new ControlCommand.Rollback(A));
        await _host.StopAsync();
        _host.Execute(
            "UPDATE requests SET outcome = 'Pending', message = '', handled_at = NULL WHERE verb = 'rollback';"
            + "DELETE FROM managed WHERE name LIKE '%/b:latest'; INSERT INTO managed SELECT * FROM saved WHERE name LIKE '%/b:latest';"
            + "DROP TABLE saved");
        _host.Store.Copy(ModelName.Parse("saved"), ModelName.Parse("b"));
        Assert.Equal(("two", "three"), (_host.SystemOf("a"), _host.SystemOf("b")));

        await _host.StartAsync();
        await _host.SyncAsync();

        Assert.Equal(("two", "two"), (_host.SystemOf("a"), _host.SystemOf("b")));
        Assert.NotEqual(third.Digest, _host.Store.Find(ModelName.Parse("b"))!.Digest);
    }

    [Fact]
    public async Task A_switch_whose_process_ended_before_it_was_written_down_loses_no_build_to_go_back_to()
    {
        await CommitAndSyncAsync("one", start: true);
        _host.Execute("CREATE TABLE saved AS SELECT * FROM managed");
        await CommitAndSyncAsync("two");
        await _host.StopAsync();
        _host.Execute("DELETE FROM managed; INSERT INTO managed SELECT * FROM saved; DROP TABLE saved");

        await _host.StartAsync();
        await _host.SyncAsync();
        var back = await _host.AskAsync(new ControlCommand.Rollback(A));

        Assert.Equal((RequestOutcome.Done, "one"), (back.Outcome, _host.SystemOf("a")));
    }

    [Fact]
    public async Task A_rollback_that_cannot_be_loaded_changes_nothing()
    {
        await CommitAndSyncAsync("one", start: true);
        await CommitAndSyncAsync("two");
        _host.Runtime.OnWarm = (name, _) => throw new ModelRuntimeException(name, "no");

        var back = await _host.AskAsync(new ControlCommand.Rollback(A));

        Assert.Equal((RequestOutcome.Failed, "two"), (back.Outcome, _host.SystemOf("a")));
        Assert.Null(_host.Board.Current.Models[0].Hold);
    }

    [Theory]
    [InlineData("contains: good", "context: 64")]
    [InlineData("contains: ok", "context: 128")]
    public async Task A_corrected_gate_or_another_context_alone_is_tried_at_once(string gate, string runtime)
    {
        _host.Commit(Gated("contains: ok", "context: 64"), ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Runtime.OnProbe = (_, _) => "good";
        _host.Commit(Gated("contains: ok", "context: 64"), ("Modelfile", "FROM w.gguf\nSYSTEM two"));
        await _host.SyncAsync();
        Assert.Equal("one", _host.SystemOf("a"));
        Assert.NotNull(_host.Board.Current.Models[0].Hold);

        if (runtime == "context: 128")
            _host.Runtime.OnProbe = (_, _) => "ok";
        _host.Commit(Gated(gate, runtime));
        await _host.SyncAsync();

        Assert.Equal(("two", null), (_host.SystemOf("a"), _host.Board.Current.Models[0].Hold));
    }

    [Fact]
    public async Task A_gate_that_refused_is_asked_again_by_retry_and_not_by_a_sync()
    {
        _host.Commit(Gated("contains: ok", "context: 64"), ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Runtime.OnProbe = (_, _) => "no";
        _host.Commit(Gated("contains: ok", "context: 64"), ("Modelfile", "FROM w.gguf\nSYSTEM two"));
        await _host.SyncAsync();
        _host.Runtime.OnProbe = (_, _) => "ok";
        Assert.Equal(RequestOutcome.Failed, (await _host.AskAsync(new ControlCommand.Sync())).Outcome);
        Assert.Equal("one", _host.SystemOf("a"));

        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Retry(A))).Outcome);
        Assert.Equal("two", _host.SystemOf("a"));
    }

    [Fact]
    public async Task A_retry_does_not_end_what_a_person_holds()
    {
        await CommitAndSyncAsync("one", start: true);
        await _host.AskAsync(new ControlCommand.Hold(A), reason: "a demo");

        var retry = await _host.AskAsync(new ControlCommand.Retry(A));

        Assert.Equal(RequestOutcome.Failed, retry.Outcome);
        Assert.Contains("'modelops release a'", retry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blocked_removal_is_done_when_exactly_it_is_approved()
    {
        const string Three = "    - { name: b, inline: \"FROM w.gguf\\nSYSTEM b\" }\n    - { name: c, inline: \"FROM w.gguf\\nSYSTEM c\" }\n";
        const string Prune = "  prune: { maxDeletes: 1, gracePeriod: 0s }\n";
        _host.Commit("  models:\n    - { name: a, inline: FROM w.gguf }\n" + Three + Prune);
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit("  models:\n    - { name: a, inline: FROM w.gguf }\n" + Prune);
        var blocked = await _host.AskAsync(new ControlCommand.Sync());
        Assert.Equal(RequestOutcome.Partial, blocked.Outcome);
        var digest = blocked.Message.Split("modelops approve ")[1][..12];

        Assert.Equal(RequestOutcome.Stale, (await _host.AskAsync(new ControlCommand.Approve("0123456789ab"))).Outcome);
        Assert.Equal(3, _host.Store.List().Count);
        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Approve(digest))).Outcome);
        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Sync())).Outcome);
        Assert.Equal(["a:latest"], _host.Store.List().Select(model => model.Name.ShortName));
        Assert.Contains(_host.Board.Events, item => item.Type == EventKind.ApprovalUsed);
        Assert.Equal(RequestOutcome.Stale, (await _host.AskAsync(new ControlCommand.Approve(digest))).Outcome);
    }

    private static string Gated(string expect, string runtime) =>
        $"  models:\n    - {{ name: a, modelfile: Modelfile, runtime: {{ {runtime} }}, rollout: {{ gate: {{ smoke: "
        + $"[ {{ prompt: hi, expect: {{ {expect} }} }} ] }} }} }}\n";

    private async Task CommitAndSyncAsync(string system, bool start = false)
    {
        _host.Commit(One, ("Modelfile", $"FROM w.gguf\nSYSTEM {system}"));
        if (start)
            await _host.StartAsync();
        await _host.SyncAsync();
    }
}
