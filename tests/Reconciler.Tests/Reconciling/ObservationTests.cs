using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A build that serves badly goes back by itself while it is observed, and everything else goes on.</summary>
public sealed class ObservationTests : IAsyncDisposable
{
    private const string Models =
        "  models:\n    - { name: a, modelfile: a, aliases: [ b ], rollout: { rollback: { automatic: true, observe: 1h, maxErrorRate: 20, "
        + "maxFirstToken: 2s, minTokensPerSecond: 5 } } }\n    - { name: other, modelfile: o }\n";

    private readonly SetTime _time = new();
    private readonly ReconcileHost _host;

    public ObservationTests() => _host = new ReconcileHost(_time);

    private static ModelName A => ModelName.Parse("a");

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(10, 3, 100, 50, "3 of 10 answers failed, more than 20%")]
    [InlineData(10, 0, 2001, 50, "its first token took 2s1ms (95 of 100), longer than 2s")]
    [InlineData(10, 0, 100, 4, "it answers with 4 tokens a second, fewer than 5")]
    public async Task It_goes_back_with_the_reason_and_is_held_while_other_models_follow_git(
        int requests, int failed, int firstMs, double rate, string reason)
    {
        await StartAsync();
        Report(build => new ServiceReport(build)
        {
            Requests = requests,
            Failed = failed,
            FirstToken = TimeSpan.FromMilliseconds(firstMs),
            TokensPerSecond = rate,
        });
        _host.Loop.Wake();

        var status = await _host.WaitForAsync(status => status.Models[0].Hold is not null && _host.SystemOf("b") == "one");

        Assert.Equal((reason, "modelops (observation)"), (status.Models[0].Hold, status.Models[0].HeldBy));
        Assert.Equal("one", _host.SystemOf("a"));
        Assert.Contains(_host.Board.Events, item => item.Type == EventKind.RolledBack && item.Actor == "modelops (observation)");
        _host.Commit(Models, ("o", "FROM w.gguf\nSYSTEM second"));
        await _host.SyncAsync();
        Assert.Equal(("one", "second"), (_host.SystemOf("a"), _host.SystemOf("other")));
        Assert.Equal(SyncState.OutOfSync, _host.Board.Current.Models[0].Sync);

        _host.Runtime.OnService = _ => null;
        _host.Commit(Models, ("a", "FROM w.gguf\nSYSTEM three"));
        await _host.SyncAsync();
        Assert.Equal(("three", null), (_host.SystemOf("a"), _host.Board.Current.Models[0].Hold));
    }

    [Theory]
    [InlineData(9, 9)]
    [InlineData(10, 2)]
    public async Task Too_few_answers_and_few_faults_change_nothing_and_neither_does_what_comes_when_its_time_is_over(
        int requests, int failed)
    {
        await StartAsync();
        Report(build => new ServiceReport(build) { Requests = requests, Failed = failed });
        await _host.SyncAsync();
        Assert.Equal((1, "two"), (_host.Count("observations"), _host.SystemOf("a")));

        _time.Ahead = TimeSpan.FromHours(2);
        Report(build => new ServiceReport(build) { Requests = 100, Failed = 100 });
        await _host.SyncAsync();
        await _host.SyncAsync();
        Assert.Equal((0, "two"), (_host.Count("observations"), _host.SystemOf("a")));
    }

    [Fact]
    public async Task A_restart_goes_on_observing_and_what_an_earlier_build_did_does_not_count()
    {
        await StartAsync();
        var first = new string('1', 64);
        _host.Runtime.OnService = _ => new ServiceReport(first) { Requests = 100, Failed = 100 };
        await _host.SyncAsync();
        Assert.Equal("two", _host.SystemOf("a"));
        await _host.StopAsync();
        Report(build => new ServiceReport(build) { Requests = 100, Failed = 100 });
        await _host.StartAsync();

        await _host.WaitForAsync(_ => _host.SystemOf("a") == "one");
    }

    private async Task StartAsync()
    {
        _host.Commit(Models, ("a", "FROM w.gguf\nSYSTEM one"), ("o", "FROM w.gguf\nSYSTEM first"));
        await _host.StartAsync();
        await _host.SyncAsync();
        Assert.Equal(0, _host.Count("observations"));
        _host.Commit(Models, ("a", "FROM w.gguf\nSYSTEM two"));
        await _host.SyncAsync();
        Assert.Equal("two", _host.SystemOf("a"));
    }

    private void Report(Func<string, ServiceReport> report) =>
        _host.Runtime.OnService = name => name == A && _host.Store.Find(A) is { } served ? report(served.Digest) : null;

    private sealed class SetTime : TimeProvider
    {
        internal TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
