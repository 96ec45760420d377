using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A new build answers a share of the requests first, and what comes of that decides whether it serves.</summary>
public sealed class CanaryTests : IAsyncDisposable
{
    private readonly ReconcileHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_build_that_serves_its_share_well_takes_over_when_its_time_is_over()
    {
        await ServeAsync("1s");
        _host.Runtime.OnService = Reports(requests: 20, failed: 1);
        Change("two");
        var status = await _host.WaitForAsync(status => status.Models[0].Operation?.Canary is { Requests: 20 });
        Assert.Equal((ModelPhase.Canary, 10, 1), (status.Models[0].Phase, status.Models[0].Operation!.Canary!.Share,
            (int)status.Models[0].Operation!.Canary!.Failed));
        Assert.Equal("one", _host.SystemOf("a"));
        Assert.False(status.Ready);

        await _host.WaitForAsync(status => status.Ready && _host.SystemOf("a") == "two");
        Assert.Equal(
            [EventKind.CanaryStarted, EventKind.CanaryPassed, EventKind.Switched],
            Told().Where(kind => kind is EventKind.CanaryStarted or EventKind.CanaryPassed or EventKind.Switched).TakeLast(3));
        Assert.Equal(["share 10"], Shares());
    }

    [Theory]
    [InlineData(10, 3, false, "3 of 10 answers failed, more than 20%")]
    [InlineData(0, 0, true, "its engine died 3 times in a row: killed")]
    public async Task A_build_that_serves_its_share_badly_is_held_and_answers_nothing_any_more(
        int requests, int failed, bool dies, string reason)
    {
        await ServeAsync("1h");
        _host.Runtime.OnService = Reports(requests, failed);
        _host.Runtime.OnProblems = () => dies && Staged() is { } name ? [new ModelProblem(name, "killed", 3, IsCrashLoop: true)] : [];
        var revision = Change("two");

        var status = await _host.WaitForAsync(status => status.Models[0].Hold is not null && status.Models[0].Operation is null);

        var model = status.Models[0];
        Assert.Equal(($"its canary failed: {reason}", "canary", ConditionReason.CanaryAborted), (model.Hold, model.HeldBy, model.Reason));
        Assert.Equal("one", _host.SystemOf("a"));
        Assert.Equal(["share 10", "share 0"], Shares());
        Assert.Contains(_host.Board.Events, item => item.Type == EventKind.CanaryAborted && item.Message == reason);
        await _host.SyncAsync();
        Assert.Contains(_host.Board.Current.History, run => run.Revision == revision && run.Result == HistoryResult.Failed);
        Assert.Null(Staged());

        _host.Runtime.OnService = _ => null;
        _host.Runtime.OnProblems = () => [];
        _host.Commit(Models("1s"), ("a", "FROM w.gguf\nSYSTEM three"));
        await _host.SyncAsync();
        await _host.WaitForAsync(status => status.Ready && _host.SystemOf("a") == "three");
    }

    [Fact]
    public async Task Suspend_a_newer_revision_and_an_end_of_the_process_end_it_and_the_old_build_has_all()
    {
        await ServeAsync("1h");
        Change("two");
        await _host.WaitForAsync(status => status.Models[0].Phase == ModelPhase.Canary);
        await _host.AskAsync(new ControlCommand.Suspend(), reason: "a freeze");
        await _host.WaitForAsync(status => status.Models[0].Operation is null);
        Assert.Equal(("one", "share 0"), (_host.SystemOf("a"), Shares()[^1]));

        await _host.AskAsync(new ControlCommand.Resume());
        await _host.WaitForAsync(status => status.Models[0].Phase == ModelPhase.Canary);
        _host.Commit(Models("1h"), ("a", "FROM w.gguf\nSYSTEM one"));
        _host.Loop.Wake();
        await _host.WaitForAsync(status => status is { Ready: true } && status.Models[0].Operation is null);
        Assert.Equal("one", _host.SystemOf("a"));

        Change("three");
        await _host.WaitForAsync(status => status.Models[0].Phase == ModelPhase.Canary);
        await _host.StopAsync();
        await _host.StartAsync();
        await _host.WaitForAsync(status => status.Models.Length == 2 && status.Models[0].Phase == ModelPhase.Canary);
        Assert.Equal("one", _host.SystemOf("a"));
    }

    [Fact]
    public async Task A_first_build_and_a_repair_have_no_canary_and_others_are_worked_on_meanwhile()
    {
        await ServeAsync("1h");
        Assert.Empty(Shares());
        _host.Store.Copy(ModelName.Parse("other"), ModelName.Parse("a"));
        await _host.SyncAsync();
        Assert.Equal("one", _host.SystemOf("a"));
        Assert.Empty(Shares());

        Change("two");
        await _host.WaitForAsync(status => status.Models[0].Phase == ModelPhase.Canary);
        _host.Commit(Models("1h"), ("o", "FROM w.gguf\nSYSTEM later"));
        _host.Loop.Wake();
        await _host.WaitForAsync(_ => _host.SystemOf("other") == "later");
        Assert.Equal("one", _host.SystemOf("a"));
    }

    private static string Models(string duration) =>
        $"  models:\n    - {{ name: a, modelfile: a, rollout: {{ canary: {{ share: 10, duration: {duration}, maxErrorRate: 20 }} }} }}\n"
        + "    - { name: other, modelfile: o }\n";

    private static Func<ModelName, ServiceReport?> Reports(int requests, int failed) => name => name.IsReserved
        ? new ServiceReport(new string('1', 64)) { Requests = requests, Failed = failed }
        : null;

    private async Task ServeAsync(string duration)
    {
        _host.Commit(Models(duration), ("a", "FROM w.gguf\nSYSTEM one"), ("o", "FROM w.gguf\nSYSTEM other"));
        await _host.StartAsync();
        await _host.SyncAsync();
        Assert.Equal("one", _host.SystemOf("a"));
    }

    private string Change(string system)
    {
        var revision = _host.Repository.Commit("a change", ("a", $"FROM w.gguf\nSYSTEM {system}"));
        _host.Loop.Wake();
        return revision;
    }

    private ModelName? Staged() =>
        _host.Store.ListAll().Select(stored => stored.Name).FirstOrDefault(name => name is { IsReserved: true, Namespace: "staged" });

    private string[] Shares() => [.. _host.Runtime.Calls.Where(call => call.StartsWith("share", StringComparison.Ordinal))];

    private IEnumerable<EventKind> Told() => _host.Board.Events.Select(item => item.Type);
}
