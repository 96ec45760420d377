using System.Globalization;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A pass that throws for a reason that nobody thought of is told everywhere, and so is its end.</summary>
public sealed class PassFaultTests : IAsyncDisposable
{
    private const string Chat = "  models:\n    - name: chat\n      inline: |\n        FROM w.gguf\n";

    private readonly ReconcileHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_pass_that_throws_is_told_in_status_and_events_and_the_next_good_one_clears_it()
    {
        _host.Commit(Chat);
        await _host.StartAsync();
        Assert.True((await _host.SyncAsync()).Ready);

        _host.Runtime.OnApply = () => throw new InvalidTimeZoneException("the moon is full");
        _host.Runtime.OnLoaded = () => throw new InvalidTimeZoneException("the moon is full");
        await _host.AskAsync(new ControlCommand.Sync());
        _host.Runtime.OnLoaded = () => { };
        var failed = _host.Board.Current;

        Assert.False(failed.Ready);
        Assert.Equal(SyncState.Unknown, failed.Sync);
        Assert.True(failed.Health >= HealthState.Degraded);
        Assert.Contains("the moon is full", failed.LastError, StringComparison.Ordinal);
        var ready = Assert.Single(failed.Conditions, condition => condition.Type == ConditionType.Ready);
        Assert.Equal((false, ConditionReason.Internal), (ready.Status, ready.Reason));
        Assert.Single(_host.Board.Events, item => item.Type == EventKind.PassFailed);
        Assert.StartsWith("chat", Assert.Single(failed.Models).Name, StringComparison.Ordinal);

        _host.Runtime.OnApply = () => { };
        var mended = await _host.SyncAsync();
        Assert.True(mended.Ready);
        Assert.Null(mended.LastError);
        Assert.Single(_host.Board.Events, item => item.Type == EventKind.PassRecovered);
    }

    [Fact]
    public async Task A_fault_that_comes_again_is_one_event()
    {
        _host.Commit(Chat);
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Runtime.OnLoaded = () => throw new InvalidTimeZoneException("the moon is full");
        await _host.AskAsync(new ControlCommand.Sync());
        await _host.AskAsync(new ControlCommand.Sync());
        _host.Runtime.OnLoaded = () => { };

        Assert.Single(_host.Board.Events, item => item.Type == EventKind.PassFailed);
    }

    [Fact]
    public async Task A_commit_of_the_year_10000_is_served_like_any_other()
    {
        _host.Commit(Chat);
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit(Chat + "        SYSTEM second\n");
        var tree = _host.Repository.Git("rev-parse", "HEAD^{tree}").Trim();
        var parent = _host.Repository.Git("rev-parse", "HEAD").Trim();
        var far = _host.Repository.WriteObject("commit", System.Text.Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"tree {tree}\nparent {parent}\nauthor A <a@x> 253402300800 +0000\ncommitter A <a@x> 253402300800 +0000\n\nfar\n")));
        _host.Repository.Git("update-ref", "refs/heads/main", far);

        var status = await _host.SyncAsync();

        Assert.True(status.Ready);
        Assert.Equal(far, status.Source!.Applied);
        Assert.Equal("second", _host.SystemOf("chat"));
    }

    [Fact]
    public async Task A_command_that_throws_fails_for_who_gave_it_and_the_loop_goes_on()
    {
        _host.Commit(Chat);
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.BreakState();
        var suspended = await _host.AskAsync(new ControlCommand.Suspend());
        Assert.Equal(RequestOutcome.Failed, suspended.Outcome);
        Assert.Contains("the disk is on fire", suspended.Message, StringComparison.Ordinal);
        _host.MendState();
        Assert.True((await _host.SyncAsync()).Ready);
    }

    [Fact]
    public async Task A_pass_that_fails_because_the_state_takes_nothing_in_is_told_although_the_event_cannot_be_kept()
    {
        _host.Commit(Chat);
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.BreakState();
        var second = _host.Commit(Chat + "        SYSTEM second\n");
        var failed = await _host.SyncAsync();
        Assert.False(failed.Ready);
        Assert.Contains("the disk is on fire", failed.LastError, StringComparison.Ordinal);
        Assert.Contains(_host.Board.Events, item => item.Type == EventKind.PassFailed);

        _host.MendState();
        var mended = await _host.SyncAsync();
        Assert.True(mended.Ready, mended.LastError);
        Assert.Equal(second, mended.Source!.Applied);
    }

    [Fact]
    public async Task A_daemon_that_has_not_looked_yet_names_its_source()
    {
        _host.Commit(Chat);
        _host.Runtime.OnLoaded = () => throw new InvalidTimeZoneException("the moon is full");
        await _host.StartAsync();
        await _host.AskAsync(new ControlCommand.Sync());
        _host.Runtime.OnLoaded = () => { };

        Assert.Equal(_host.Repository.Path, _host.Board.Current.Source?.Url);
        Assert.Contains("the moon is full", _host.Board.Current.LastError, StringComparison.Ordinal);
    }
}
