using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>What happens while a loop runs is told: once, when it happens, with its severity.</summary>
public sealed class ToldEventsTests : IAsyncDisposable
{
    private const string Three =
        "  prune: { gracePeriod: 1h, maxDeletes: 1 }\n  models:\n    - { name: a, inline: FROM w.gguf }\n"
        + "    - { name: b, modelfile: b }\n    - { name: c, modelfile: c }\n";

    private const string Pinned = "  models:\n    - name: a\n      inline: FROM w.gguf\n      residency: { mode: always }\n";

    private static readonly (string, string?) s_b = ("b", "FROM w.gguf\nSYSTEM b");
    private static readonly (string, string?) s_c = ("c", "FROM w.gguf\nSYSTEM c");

    private static readonly ModelName s_a = ModelName.Parse("a");

    private readonly MovedTime _time = new();
    private readonly ReconcileHost _host;

    public ToldEventsTests() => _host = new ReconcileHost(_time);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_source_that_is_silent_for_too_long_is_told_once_until_it_answers_again()
    {
        _host.PollInterval = TimeSpan.FromSeconds(30);
        _host.Commit(Pinned);
        await _host.StartAsync();
        await _host.SyncAsync();
        var git = Path.Combine(_host.Repository.Path, ".git");
        Directory.Move(git, git + "-away");
        await _host.SyncAsync();
        Assert.Empty(Told(EventKind.SourceStale));

        for (var look = 0; look < 3; look++)
        {
            _time.Ahead += TimeSpan.FromMinutes(6);
            await _host.SyncAsync();
        }

        var stale = Assert.Single(Told(EventKind.SourceStale));
        Assert.Equal((Severity.Error, ""), (stale.Severity, stale.Subject));
        Assert.Contains("has not answered for 6m", stale.Message, StringComparison.Ordinal);

        Directory.Move(git + "-away", git);
        await _host.SyncAsync();
        Assert.Single(Told(EventKind.SourceRecovered));
        Directory.Move(git, git + "-away");
        _time.Ahead += TimeSpan.FromMinutes(6);
        await _host.SyncAsync();
        Directory.Move(git + "-away", git);

        Assert.Equal(2, Told(EventKind.SourceStale).Length);
    }

    [Fact]
    public async Task A_download_is_told_at_its_beginning_in_tenths_and_at_its_end_and_then_the_build()
    {
        _host.Puller = new PulledBase(_host.Store);
        var revision = _host.Commit("  models:\n    - { name: a, modelfile: a }\n", ("a", "FROM base\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();

        EventKind[] ofBuilds = [EventKind.PullStarted, EventKind.PullProgress, EventKind.PullCompleted, EventKind.BuildCompleted];
        var told = _host.Board.Events.Where(item => ofBuilds.Contains(item.Type)).ToArray();

        Assert.Equal(
            [EventKind.PullStarted, .. Enumerable.Repeat(EventKind.PullProgress, 9), EventKind.PullCompleted, EventKind.BuildCompleted],
            told.Select(item => item.Type));
        Assert.All(told, item => Assert.Equal(("a:latest", revision, Severity.Info), (item.Subject, item.Revision, item.Severity)));
        Assert.Equal("base:latest is being downloaded", told[0].Message);
        Assert.Equal("base:latest: 10 % of 89abcdef0123 (4 MB)", told[1].Message);
        Assert.StartsWith("base:latest is downloaded: 4 MB in ", told[^2].Message, StringComparison.Ordinal);
        Assert.Equal(_host.Store.Find(s_a)!.Digest, told[^1].Build);

        _host.Commit("  models:\n    - { name: a, modelfile: a }\n", ("a", "FROM base\nSYSTEM two"));
        await _host.SyncAsync();

        Assert.Single(Told(EventKind.PullStarted));
        Assert.Equal(2, Told(EventKind.BuildCompleted).Length);
    }

    [Fact]
    public async Task Bytes_that_are_not_what_their_digest_names_are_told_as_that_and_not_as_a_failed_build()
    {
        _host.Puller = new PulledBase(_host.Store)
        {
            OnHalf = () => throw new StoreException(
                new StoreFailure.OtherContent(Digest.Of("one"u8), Digest.Of("two"u8)), "base"),
        };
        _host.Commit("  models:\n    - { name: a, inline: FROM base }\n");
        await _host.StartAsync();
        await _host.SyncAsync();

        var told = Assert.Single(Told(EventKind.DigestMismatch));
        Assert.Equal((Severity.Error, "a:latest"), (told.Severity, told.Subject));
        Assert.Single(Told(EventKind.PullStarted));
        Assert.Equal(5, Told(EventKind.PullProgress).Length);
        Assert.Empty(Told(EventKind.PullCompleted));
        Assert.Empty(Told(EventKind.BuildFailed));
    }

    [Fact]
    public async Task A_name_that_is_not_declared_any_more_is_told_with_the_time_when_it_goes_and_once_also_over_a_restart()
    {
        _host.Commit(Three, s_b, s_c);
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit(Three.Replace("    - { name: c, modelfile: c }\n", "", StringComparison.Ordinal));
        await _host.SyncAsync();
        await _host.SyncAsync();
        await _host.StopAsync();
        await _host.StartAsync();
        await _host.SyncAsync();

        var told = Assert.Single(Told(EventKind.PruneScheduled));
        Assert.Equal(("c:latest", Severity.Info, "Operator"), (told.Subject, told.Severity, told.Actor));
        Assert.Contains("removed after ", told.Message, StringComparison.Ordinal);

        _time.Ahead += TimeSpan.FromHours(2);
        await _host.SyncAsync();
        Assert.Equal("c:latest", Assert.Single(Told(EventKind.Pruned)).Subject);
    }

    [Fact]
    public async Task Names_that_would_go_and_may_not_are_told_once_with_the_way_out()
    {
        _host.Commit(Three, s_b, s_c);
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit("  prune: { gracePeriod: 1h, maxDeletes: 1 }\n  models:\n    - { name: a, inline: FROM w.gguf }\n");
        await _host.SyncAsync();
        _time.Ahead += TimeSpan.FromMinutes(6);
        await _host.SyncAsync();

        var told = Told(EventKind.PruneBlocked);
        Assert.Equal(["b:latest", "c:latest"], told.Select(item => item.Subject));
        Assert.All(told, item => Assert.Equal(Severity.Warning, item.Severity));
        Assert.Contains("modelops approve ", told[0].Message, StringComparison.Ordinal);
        Assert.Empty(Told(EventKind.PruneScheduled));
    }

    [Fact]
    public async Task A_pinned_model_that_leaves_memory_is_told_at_once_and_so_is_its_return()
    {
        var revision = _host.Commit(Pinned);
        await _host.StartAsync();
        await _host.SyncAsync();
        Assert.Empty(Told(EventKind.ResidencyLost));

        _host.Runtime.Lose(s_a);
        var lost = Assert.Single(Told(EventKind.ResidencyLost));
        Assert.Equal((Severity.Warning, "a:latest", revision), (lost.Severity, lost.Subject, lost.Revision));
        Assert.Empty(Told(EventKind.ResidencyRestored));

        _time.Ahead += TimeSpan.FromSeconds(5);
        await _host.SyncAsync();
        Assert.StartsWith("a is in memory again, after 5s", Assert.Single(Told(EventKind.ResidencyRestored)).Message, StringComparison.Ordinal);
        Assert.Single(Told(EventKind.ResidencyLost));
    }

    [Fact]
    public async Task A_model_that_is_pinned_no_longer_may_leave_unseen()
    {
        _host.Commit(Pinned);
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit(Pinned.Replace("always", "onDemand", StringComparison.Ordinal));
        await _host.SyncAsync();

        _host.Runtime.Lose(s_a);

        Assert.Empty(Told(EventKind.ResidencyLost));
    }

    [Fact]
    public async Task The_end_of_the_last_request_on_a_replaced_build_is_told_for_names_of_ours()
    {
        _host.Commit(Pinned);
        await _host.StartAsync();
        await _host.SyncAsync();

        _host.Runtime.Drain(s_a);
        _host.Runtime.Drain(ModelName.Parse("foreign"));

        var told = Assert.Single(Told(EventKind.Drained));
        Assert.Equal((Severity.Info, "a:latest"), (told.Severity, told.Subject));
    }

    [Fact]
    public async Task A_name_that_somebody_else_changed_is_told_and_so_is_its_correction()
    {
        _host.Commit(Three, s_b, s_c);
        await _host.StartAsync();
        await _host.SyncAsync();
        Assert.Empty(Told(EventKind.DriftDetected));

        _host.Store.Copy(ModelName.Parse("b"), s_a);
        await _host.SyncAsync();

        Assert.Equal("a:latest", Assert.Single(Told(EventKind.DriftDetected)).Subject);
        Assert.Equal("a:latest", Assert.Single(Told(EventKind.DriftCorrected)).Subject);
    }

    [Fact]
    public async Task A_name_that_somebody_else_deleted_and_that_is_only_warned_about_is_told_as_drift()
    {
        _host.Commit("  drift: { models: warn }\n" + Three, s_b, s_c);
        await _host.StartAsync();
        await _host.SyncAsync();

        _host.Store.Delete(s_a, keepBlobs: true);
        await _host.SyncAsync();
        await _host.SyncAsync();

        Assert.Equal("a:latest", Assert.Single(Told(EventKind.DriftDetected)).Subject);
        Assert.Empty(Told(EventKind.DriftCorrected));
    }

    private EventRecord[] Told(EventKind kind) => [.. _host.Board.Events.Where(item => item.Type == kind)];

    private sealed class MovedTime : TimeProvider
    {
        internal TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
