using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A FROM that hangs holds up nothing but its own model.</summary>
public sealed class HangingFromTests : IAsyncDisposable
{
    private const string Both =
        "  prune: { gracePeriod: 0s }\n  models:\n    - { name: stuck, modelfile: stuck }\n    - { name: a, modelfile: a }\n";

    private static readonly ModelName s_a = ModelName.Parse("a");
    private static readonly ModelName s_stuck = ModelName.Parse("stuck");

    private readonly ReconcileHost _host = new();
    private readonly HangingServer _server;

    public HangingFromTests() => _host.Puller = _server = new HangingServer(_host.Store);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task The_other_model_is_served_and_a_sync_of_it_returns()
    {
        await StartAsync();

        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Sync(s_a))).Outcome);
        Assert.Equal("one", _host.SystemOf("a"));
        var status = _host.Board.Current;
        Assert.False(status.Ready);
        Assert.Null(status.Source!.Applied);
    }

    [Fact]
    public async Task What_came_of_another_model_is_taken_in_at_once()
    {
        // No timer ever rings: nothing of it may wait for one.
        await using var host = new ReconcileHost(new StillClock());
        var server = new HangingServer(host.Store);
        host.Puller = server;
        host.Runtime.OnWarm = (_, _) => server.AskedAsync();
        host.Commit(
            Both.Replace("modelfile: a", "modelfile: a, residency: { mode: always }", StringComparison.Ordinal),
            ("stuck", "FROM base"), ("a", "FROM w.gguf\nSYSTEM one"));
        await host.StartAsync();

        await host.WaitForAsync(status => status.Models.Any(model => model is { Name: "a:latest", Sync: SyncState.Synced }));
    }

    [Fact]
    public async Task The_drift_of_another_model_is_corrected_within_a_poll()
    {
        _host.PollInterval = TimeSpan.FromMilliseconds(200);
        await StartAsync();
        await _host.AskAsync(new ControlCommand.Sync(s_a));

        _host.Store.Delete(s_a, keepBlobs: true);
        await _host.WaitForAsync(_ => _host.SystemOf("a") == "one");

        Assert.Equal(["base"], _server.Fetches);
    }

    [Fact]
    public async Task Another_model_that_needs_no_server_is_changed_and_a_removed_one_goes()
    {
        const string Third = "    - { name: gone, inline: FROM w.gguf }\n";
        _host.Commit(Both + Third, ("stuck", "FROM base"), ("a", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _server.AskedAsync();
        await _host.AskAsync(new ControlCommand.Sync(ModelName.Parse("gone")));
        _host.Commit(Both, ("a", "FROM w.gguf\nSYSTEM two"));
        _host.Loop.Wake();

        await _host.WaitForAsync(_ => _host.SystemOf("a") == "two" && _host.Store.Find(ModelName.Parse("gone")) is null);

        // The newer revision asks for the same of the one that hangs, so its download goes on.
        Assert.Equal(["base"], _server.Fetches);
    }

    [Fact]
    public async Task A_hold_and_a_suspension_act_at_once_and_end_the_download()
    {
        await StartAsync();
        await _host.AskAsync(new ControlCommand.Sync(s_a));

        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Hold(s_stuck))).Outcome);
        await _host.WaitForAsync(status => status.Models.Single(model => model.Name == "stuck:latest").Operation is null);
        Assert.Equal(["base", "-base"], _server.Fetches);

        await _host.AskAsync(new ControlCommand.Release(s_stuck));
        await _server.AskedAsync();
        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Suspend())).Outcome);
        await _host.WaitForAsync(status => status.Models.Single(model => model.Name == "stuck:latest").Operation is null);
        Assert.NotNull(_host.Board.Current.Suspended);
        Assert.Equal(["base", "-base", "base", "-base"], _server.Fetches);
    }

    [Fact]
    public async Task The_status_tells_what_is_fetched_since_when_and_how_far_it_is()
    {
        await StartAsync();

        var status = await _host.WaitForAsync(status => OperationOf(status)?.Transfer is not null);

        var operation = OperationOf(status)!;
        Assert.Equal((ModelPhase.Fetching, HealthState.Missing), (operation.Phase, status.Models.Single(Stuck).Health));
        Assert.Equal((1_000_000, 4_000_000), (operation.Transfer!.Completed, operation.Transfer.Total));
        Assert.Equal(12, operation.Plan.Length);
        Assert.True(operation.Step > 0);
        Assert.Equal(status.Source!.Accepted, operation.Revision);
        Assert.Contains(
            _host.Board.Events, item => item is { Type: EventKind.PullStarted, Subject: "stuck:latest" });
    }

    [Fact]
    public async Task A_sync_of_everything_returns_when_everything_was_handled()
    {
        await StartAsync();
        var all = _host.Control.Ask(new ControlCommand.Sync(), "ana@desk", "");
        await _host.AskAsync(new ControlCommand.Sync(s_a));
        Assert.Equal(RequestOutcome.Pending, _host.Control.Find(all.Token)!.Outcome);

        _server.Answer();
        var handled = await _host.Control.WaitAsync(all.Token, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(RequestOutcome.Done, handled!.Outcome);
        Assert.True(_host.Board.Current.Ready);
    }

    [Fact]
    public async Task A_newer_revision_gives_up_what_it_does_not_ask_for()
    {
        await StartAsync();
        var second = _host.Commit(Both, ("stuck", "FROM w.gguf\nSYSTEM other"));
        _host.Loop.Wake();

        await _host.WaitForAsync(status => status.Source?.Applied == second);

        Assert.Equal("other", _host.SystemOf("stuck"));
        Assert.Equal(["base", "-base"], _server.Fetches);
    }

    [Fact]
    public async Task After_a_restart_amid_a_download_it_is_taken_up_again_and_counts_from_its_beginning()
    {
        await StartAsync();
        await _host.AskAsync(new ControlCommand.Sync(s_a));
        var before = OperationOf(await _host.WaitForAsync(status => OperationOf(status)?.Transfer is not null))!;
        await _host.StopAsync();
        Assert.Equal(1, _host.Count("operations"));

        await _host.StartAsync();
        await _server.AskedAsync();
        var after = OperationOf(await _host.WaitForAsync(status => OperationOf(status)?.Transfer is not null))!;
        Assert.Equal(before.Since, after.Since);
        _server.Answer();

        Assert.True((await _host.WaitForAsync(status => status.Ready)).Ready);
        Assert.Equal(0, _host.Count("operations"));
    }

    [Fact]
    public async Task More_servers_that_hang_than_may_be_asked_at_once_hold_up_nothing_either()
    {
        var many = string.Concat(Enumerable.Range(0, 40).Select(number => $"    - {{ name: s{number}, inline: FROM base{number} }}\n"));
        _host.Commit("  models:\n" + many + "    - { name: z, inline: FROM w.gguf }\n");
        await _host.StartAsync();

        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Sync(ModelName.Parse("z")))).Outcome);
        Assert.Equal(Reconciler.Execution.Places.Fetching, _server.Fetches.Count);
    }

    [Fact]
    public async Task A_failure_is_remembered_over_a_restart_with_its_number_and_its_beginning()
    {
        _host.FirstRetry = TimeSpan.FromMinutes(10);
        _host.Runtime.OnWarm = (name, _) => throw new Runtime.Contract.ModelRuntimeException(name, "no room");
        _host.Commit("  models:\n    - { name: a, inline: FROM w.gguf, residency: { mode: always } }\n");
        await _host.StartAsync();
        var before = (await _host.SyncAsync()).Models[0].Failure!;
        await _host.StopAsync();
        var mayFail = new TaskCompletionSource();
        _host.Runtime.OnWarm = async (name, token) =>
        {
            await mayFail.Task.WaitAsync(token);
            throw new Runtime.Contract.ModelRuntimeException(name, "no room");
        };
        await _host.StartAsync();

        var status = await _host.WaitForAsync(status => status.Models is [{ Failure: not null }]);
        Assert.Equal((before.Attempts, before.Since), (status.Models[0].Failure!.Attempts, status.Models[0].Failure!.Since));
        mayFail.SetResult();

        status = await _host.WaitForAsync(status => status.Models[0].Failure?.Attempts > before.Attempts);
        Assert.Equal(ConditionReason.WarmFailed, status.Models[0].Reason);
    }

    [Fact]
    public async Task A_rollback_loads_beside_the_passes()
    {
        _host.Commit(Both, ("stuck", "FROM w.gguf"), ("a", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit(Both, ("a", "FROM w.gguf\nSYSTEM two"));
        await _host.SyncAsync();
        var (loading, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        _host.Runtime.OnWarm = (_, token) =>
        {
            loading.TrySetResult();
            return mayEnd.Task.WaitAsync(token);
        };
        var rollback = _host.Control.Ask(new ControlCommand.Rollback(s_a), "ana@desk", "");
        await loading.Task;

        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Sync(s_stuck))).Outcome);
        Assert.Equal("two", _host.SystemOf("a"));
        mayEnd.SetResult();
        var handled = await _host.Control.WaitAsync(rollback.Token, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(RequestOutcome.Done, handled!.Outcome);
        Assert.Equal("one", _host.SystemOf("a"));
    }

    private static bool Stuck(ModelStatus model) => model.Name == "stuck:latest";

    private static OperationStatus? OperationOf(DaemonStatus status) => status.Models.FirstOrDefault(Stuck)?.Operation;

    private async Task StartAsync()
    {
        _host.Commit(Both, ("stuck", "FROM base\nSYSTEM one"), ("a", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _server.AskedAsync();
    }

    private sealed class StillClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
