using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>How a new build and the old one share the machine: what the runtime is told, and what is told of it.</summary>
public sealed class TakeoverTests : IAsyncDisposable
{
    private readonly MovedClock _time = new();
    private readonly ReconcileHost _host;

    public TakeoverTests() => _host = new ReconcileHost(_time);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("strategy: warmStandby", false, false, null)]
    [InlineData("strategy: drainSwap, queue: { maxRequests: 3, maxWait: 7s }", true, false, 3)]
    [InlineData("fallback: none", false, true, null)]
    [InlineData("canary: { share: 10, duration: 1s }", false, true, null)]
    public async Task What_git_says_of_the_takeover_reaches_the_runtime(string rollout, bool drains, bool onlyBeside, int? mostWaiting)
    {
        await ServeAsync(rollout);
        await ChangeAsync("two");

        var takeover = Assert.IsType<Takeover>(_host.Runtime.Takeovers.Last());
        Assert.Equal((drains, onlyBeside, mostWaiting), (takeover.DrainFirst, takeover.OnlyBeside, takeover.MaxWaiting));
        Assert.Equal(mostWaiting is null ? null : TimeSpan.FromSeconds(7), takeover.MaxWait);
    }

    [Fact]
    public async Task The_pause_of_a_takeover_is_told_in_an_event_and_in_the_status_after_a_restart_too()
    {
        await ServeAsync("strategy: drainSwap");
        Assert.Null(_host.Board.Current.Models[0].Pause);
        _host.Runtime.OnPause = _ => new TakeoverPause(TimeSpan.FromMilliseconds(3210), Waited: 5, Refused: 1);
        await ChangeAsync("two");

        var told = Assert.Single(_host.Board.Events, item => item.Type == EventKind.Paused);
        Assert.Equal(
            "nothing answered for a for 3s210ms, since both builds do not fit together; 5 requests waited, 1 refused", told.Message);
        var pause = _host.Board.Current.Models[0].Pause!;
        Assert.Equal((3210, 5, 1), (pause.Milliseconds, pause.Waited, pause.Refused));
        await _host.StopAsync();
        await _host.StartAsync();
        await _host.WaitForAsync(status => status.Models.Length == 1 && status.Models[0].Pause == pause);
    }

    [Fact]
    public async Task Answers_on_a_replaced_build_that_outlast_its_deadline_are_told_once_and_when_it_is_over()
    {
        await ServeAsync("drain: { deadline: 30s }");
        var since = _time.GetUtcNow();
        Drains(
            new EngineReport { Phase = EnginePhase.Draining, Requests = 2, DrainingSince = since, Replaced = ["a:latest"] },
            new EngineReport { Phase = EnginePhase.Draining, Requests = 1, DrainingSince = since, Models = ["b:latest"] });
        var draining = _host.Board.Current.Models[0].Draining!;
        Assert.Equal((since, 2, since.AddSeconds(30)), (draining.Since, draining.Requests, draining.Deadline));
        await _host.SyncAsync();
        Assert.DoesNotContain(_host.Board.Events, IsTimeout);

        // No pass is due for minutes: the deadline itself tells it.
        _time.Move(TimeSpan.FromSeconds(31));
        await TellsAsync();
        await _host.SyncAsync();
        await _host.SyncAsync();
        var told = Assert.Single(_host.Board.Events, IsTimeout);
        Assert.Equal("2 answers still run on the replaced build of a, longer than its deadline of 30s; none is cut", told.Message);

        Drains();
        await _host.SyncAsync();
        Assert.Null(_host.Board.Current.Models[0].Draining);
    }

    [Fact]
    public async Task A_drain_that_begins_while_a_load_waits_for_it_is_told_at_its_deadline_and_a_shorter_deadline_counts_at_once()
    {
        await ServeAsync("strategy: drainSwap, drain: { deadline: 1h }");
        var (begun, loading) = (new TaskCompletionSource(), new TaskCompletionSource());
        _host.Runtime.OnWarm = (_, _) =>
        {
            begun.TrySetResult();
            return loading.Task;
        };
        _host.Commit(Models("strategy: drainSwap, drain: { deadline: 30s }"), ("a", "FROM w.gguf\nSYSTEM two"));
        _host.Loop.Wake();
        await begun.Task.WaitAsync(TestContext.Current.CancellationToken);
        Drains(new EngineReport { Phase = EnginePhase.Draining, Requests = 1, DrainingSince = _time.GetUtcNow(), Replaced = ["a:latest"] });

        _time.Move(TimeSpan.FromSeconds(31));
        await TellsAsync();
        Drains();
        loading.SetResult();
        await _host.WaitForAsync(status => status.Ready && _host.SystemOf("a") == "two");
    }

    private static bool IsTimeout(EventRecord item) => item.Type == EventKind.DrainTimeout;

    /// <summary>The runtime says what of it is on its way out.</summary>
    private void Drains(params ReadOnlySpan<EngineReport> engines)
    {
        _host.Runtime.Engines = [.. engines];
        _host.Runtime.Change();
    }

    private async Task TellsAsync()
    {
        await foreach (var item in _host.Chronicle.FollowAsync(new EventQuery(), TestContext.Current.CancellationToken))
        {
            if (IsTimeout(item))
                return;
        }
    }

    private static string Models(string rollout) =>
        $"  models:\n    - {{ name: a, modelfile: a, residency: {{ mode: always }}, rollout: {{ {rollout} }} }}\n";

    private async Task ServeAsync(string rollout)
    {
        _host.Commit(Models(rollout), ("a", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
    }

    private async Task ChangeAsync(string system)
    {
        _host.Repository.Commit("a change", ("a", $"FROM w.gguf\nSYSTEM {system}"));
        await _host.SyncAsync();
        await _host.WaitForAsync(status => status.Ready && _host.SystemOf("a") == system);
    }
}
