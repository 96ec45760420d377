using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A clock that is set back or forth puts nothing off.</summary>
public sealed class ClockJumpTests : IAsyncDisposable
{
    private const string Pinned = "  models:\n    - { name: a, modelfile: a, residency: { mode: always } }\n";

    private readonly SetTime _time = new();
    private readonly ReconcileHost _host;

    public ClockJumpTests() => _host = new ReconcileHost(_time) { PollInterval = TimeSpan.FromMilliseconds(100) };

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    public async Task A_commit_is_found_by_a_poll_after_the_clock_was_set(int hours)
    {
        _host.Commit(Pinned, ("a", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.WaitForAsync(status => status.Ready);
        _time.Ahead = TimeSpan.FromHours(hours);
        var second = _host.Commit(Pinned, ("a", "FROM w.gguf\nSYSTEM two"));

        await _host.WaitForAsync(status => status.Source?.Applied == second);

        Assert.Equal("two", _host.SystemOf("a"));
    }

    [Fact]
    public async Task What_failed_is_tried_again_after_the_clock_was_set_back()
    {
        _host.FirstRetry = TimeSpan.FromMilliseconds(50);
        var fails = true;
        _host.Runtime.OnWarm = (_, _) => Volatile.Read(ref fails)
            ? throw new ModelRuntimeException(ModelName.Parse("a"), "not now")
            : Task.CompletedTask;
        _host.Commit(Pinned, ("a", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.WaitForAsync(status => status.Models is [{ Failure: not null }]);
        _time.Ahead = TimeSpan.FromHours(-3);
        Volatile.Write(ref fails, false);

        await _host.WaitForAsync(status => status.Ready);
    }

    [Fact]
    public async Task The_grace_of_a_name_that_goes_begins_anew_when_the_clock_was_set_back_and_is_not_put_off_until_the_old_time()
    {
        _host.Commit(Two("1h"), ("a", "FROM w.gguf"), ("b", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.WaitForAsync(status => status.Ready);
        _host.Commit(One("1h"));
        await _host.WaitForAsync(status => !status.Orphans.IsEmpty);

        _time.Ahead = TimeSpan.FromHours(-30);
        await _host.SyncAsync();
        Assert.NotNull(_host.Store.Find(ModelName.Parse("b")));
        _time.Ahead += TimeSpan.FromMinutes(61);
        await _host.SyncAsync();
        await _host.WaitForAsync(status => status.Orphans.IsEmpty);
        Assert.Null(_host.Store.Find(ModelName.Parse("b")));
    }

    [Fact]
    public async Task What_is_seen_again_after_the_clock_was_set_back_is_told_again()
    {
        _host.PollInterval = TimeSpan.FromHours(1);
        _host.Commit(Pinned, ("a", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.WaitForAsync(status => status.Ready);
        foreach (var hours in new[] { 0, -30 })
        {
            _time.Ahead = TimeSpan.FromHours(hours);
            _host.Meddle(store => store.Delete(ModelName.Parse("a"), keepBlobs: true));
            await _host.SyncAsync();
            await _host.WaitForAsync(status => status.Ready && _host.Store.Find(ModelName.Parse("a")) is not null);
        }

        Assert.Equal(2, _host.Board.Events.Count(item => item.Type == EventKind.DriftCorrected));
    }

    private static string Two(string grace) => One(grace) + "    - { name: b, modelfile: b }\n";

    private static string One(string grace) =>
        $"  prune: {{ gracePeriod: {grace}, maxDeletes: 100% }}\n  models:\n    - {{ name: a, modelfile: a }}\n";

    private sealed class SetTime : TimeProvider
    {
        internal TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
