using ModelOps.ModelStore.Names;
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

    private sealed class SetTime : TimeProvider
    {
        internal TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
