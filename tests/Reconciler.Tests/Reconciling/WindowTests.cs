using System.Globalization;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>What git says of when changes are made: windows, a suspension, and models that wait for others.</summary>
public sealed class WindowTests : IAsyncDisposable
{
    private const string Models = "  models:\n    - { name: a, modelfile: a, residency: { mode: always } }\n";

    private readonly MovedTime _time = new(DateTimeOffset.Parse("2026-11-30T07:59:00Z", CultureInfo.InvariantCulture));
    private readonly ReconcileHost _host;

    public WindowTests() => _host = new ReconcileHost(_time);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_change_waits_for_its_window_and_is_told_with_the_time_and_a_lost_pin_is_brought_back_all_the_same()
    {
        const string Closed = "  maintenanceWindows: [ { kind: deny, schedule: \"0 8 * * *\", duration: 10h } ]\n";
        const string Second = "    - { name: pinned, inline: FROM w.gguf, residency: { mode: always } }\n";
        _host.Commit(Closed + Models + Second, ("a", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.WaitForAsync(status => status.Ready);
        _time.Ahead = TimeSpan.FromHours(1);
        _host.Commit(Closed + Models + Second, ("a", "FROM w.gguf\nSYSTEM two"));

        var refused = await _host.AskAsync(new ControlCommand.Sync());

        Assert.Equal(RequestOutcome.Partial, refused.Outcome);
        Assert.Contains("from 2026-11-30 18:00 UTC on", refused.Message, StringComparison.Ordinal);
        var model = _host.Board.Current.Models[0];
        Assert.Equal(
            (ConditionReason.WindowClosed, HealthState.Healthy, SyncState.OutOfSync), (model.Reason!.Value, model.Health, model.Sync));
        Assert.Equal("one", _host.SystemOf("a"));

        _host.Runtime.Lose(ModelName.Parse("pinned"));
        await _host.SyncAsync();
        Assert.True(_host.Board.Current.Models.Single(pinned => pinned.Name == "pinned:latest").Resident);

        _time.Ahead = TimeSpan.FromHours(11);
        await _host.SyncAsync();
        Assert.Equal("two", _host.SystemOf("a"));
        Assert.True(_host.Board.Current.Ready);
    }

    [Fact]
    public async Task A_person_who_syncs_is_let_through_where_the_window_says_so_and_a_webhook_is_not()
    {
        const string Lenient = "  maintenanceWindows: [ { kind: deny, schedule: \"0 8 * * *\", duration: 10h, manual: allow } ]\n";
        _time.Ahead = TimeSpan.FromHours(1);
        _host.Commit(Lenient + Models + "    - { name: b, inline: FROM a:latest }\n", ("a", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();

        var news = await _host.AskAsync(new ControlCommand.Sync(OnNews: true));
        Assert.True(news.Outcome == RequestOutcome.Refused, news.Message);
        Assert.Null(_host.SystemOf("a"));

        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Sync())).Outcome);
        Assert.Equal(("one", "one"), (_host.SystemOf("a"), _host.SystemOf("b")));

        _host.Commit(Lenient + Models, ("a", "FROM w.gguf\nSYSTEM two"));
        await _host.AskAsync(new ControlCommand.Sync(OnNews: true));
        Assert.Equal("one", _host.SystemOf("a"));
    }

    [Fact]
    public async Task A_suspension_in_git_ends_with_a_commit_without_it_or_with_its_time()
    {
        const string Frozen = "  suspend: { reason: a demo, until: 2026-11-30T12:00:00Z }\n";
        _host.Commit(Models, ("a", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.WaitForAsync(status => status.Ready);
        _host.Commit(Frozen + Models, ("a", "FROM w.gguf\nSYSTEM two"));

        var refused = await _host.AskAsync(new ControlCommand.Sync());

        Assert.Equal(RequestOutcome.Refused, refused.Outcome);
        Assert.Contains("a demo (spec.suspend in git); a commit without spec.suspend ends that", refused.Message, StringComparison.Ordinal);
        Assert.Equal(("one", true), (_host.SystemOf("a"), _host.Board.Current.Source!.SuspendedInGit));
        Assert.Contains(_host.Board.Current.Conditions, condition => condition is { Type: ConditionType.Suspended, Status: true });

        _host.Commit(Models, ("a", "FROM w.gguf\nSYSTEM three"));
        await _host.SyncAsync();
        Assert.Equal("three", _host.SystemOf("a"));

        _host.Commit(Frozen + Models, ("a", "FROM w.gguf\nSYSTEM four"));
        await _host.SyncAsync();
        Assert.Equal("three", _host.SystemOf("a"));
        _time.Ahead = TimeSpan.FromHours(5);
        await _host.SyncAsync();
        Assert.Equal("four", _host.SystemOf("a"));
    }

    [Fact]
    public async Task A_model_waits_for_those_that_it_depends_on()
    {
        const string Bound = "  models:\n    - { name: a, inline: FROM w.gguf, dependsOn: [ b ] }\n    - { name: b, modelfile: b }\n";
        _host.FirstRetry = TimeSpan.FromHours(1);
        _host.Commit(Bound, ("b", "FROM absent"));
        await _host.StartAsync();

        await _host.AskAsync(new ControlCommand.Sync());

        var waiting = _host.Board.Current.Models.Single(model => model.Name == "a:latest");
        Assert.Equal(ConditionReason.DependencyNotReady, waiting.Reason);
        Assert.Contains("depends on b", waiting.Message, StringComparison.Ordinal);
        Assert.Null(_host.SystemOf("a"));

        _host.Commit(Bound, ("b", "FROM w.gguf"));
        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Sync())).Outcome);
    }

    private sealed class MovedTime(DateTimeOffset start) : TimeProvider
    {
        private readonly DateTimeOffset _began = TimeProvider.System.GetUtcNow();

        internal TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => start + (base.GetUtcNow() - _began) + Ahead;
    }
}
