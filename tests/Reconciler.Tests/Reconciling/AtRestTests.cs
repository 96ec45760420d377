using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>Files of served models are read again as git says; what is damaged is set aside, told, and brought again.</summary>
public sealed class AtRestTests : IAsyncDisposable
{
    private const string Models = "  verify: { atRest: { schedule: \"* * * * *\", maxMegabytesPerSecond: 500 } }\n  models:\n"
        + "    - { name: a, modelfile: a, aliases: [ b ], residency: { mode: always } }\n    - { name: other, modelfile: o }\n";

    private readonly SetTime _time = new();
    private readonly ReconcileHost _host;

    public AtRestTests() => _host = new ReconcileHost(_time);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Whole_files_are_read_when_they_are_due_and_that_is_told()
    {
        await StartAsync("FROM w.gguf");
        Assert.Null(_host.Board.Current.Source!.AtRest);

        await WaitForReadingAsync();

        var reading = _host.Board.Current.Source!.AtRest!;
        Assert.True(reading is { Blobs: > 1, Bytes: > 100 }, $"{reading}");
        Assert.Contains(
            _host.Board.Events,
            item => item.Type == EventKind.WeightsVerified && item.Message.EndsWith("read again: all are whole", StringComparison.Ordinal));
        Assert.DoesNotContain(_host.Board.Events, item => item.Type == EventKind.WeightsDamaged);
    }

    [Fact]
    public async Task A_damaged_file_is_set_aside_leaves_memory_and_is_brought_again_from_git()
    {
        await StartAsync("FROM w.gguf");
        var (path, content) = Damage();

        _time.Ahead += TimeSpan.FromMinutes(2);
        await _host.SyncAsync();
        await _host.WaitForAsync(status => status.Ready && Told(EventKind.WeightsRestored) == 2);

        Assert.Equal(content, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        Assert.True(File.Exists(Path.Combine(_host.Store.Folder, "quarantine", Path.GetFileName(path))));
        Assert.Contains($"drop {Path.GetFileName(path)}", _host.Runtime.Calls);
        Assert.Equal(2, Told(EventKind.WeightsDamaged));
        Assert.Equal(("one", "other"), (_host.SystemOf("a"), _host.SystemOf("other")));
        Assert.Equal(0, _host.Count("damages"));
        Assert.DoesNotContain(_host.Board.Current.Conditions, condition => condition.Type == ConditionType.WeightsDamaged);
    }

    [Fact]
    public async Task A_damaged_file_that_nobody_can_bring_is_told_until_it_is_there_again_over_a_restart_too()
    {
        await StartAsync("FROM w.gguf");
        _host.Store.Copy(ModelName.Parse("other"), ModelName.Parse("base"));
        _host.Commit(Models, ("a", "FROM base\nSYSTEM one"), ("o", "FROM base\nSYSTEM other"));
        await _host.SyncAsync();
        var (path, content) = Damage();

        _time.Ahead += TimeSpan.FromMinutes(2);
        await _host.SyncAsync();
        var status = await _host.WaitForAsync(status => status.Models[0].Failure is not null && status.Models[0].Operation is null);
        Assert.False(status.Ready);
        var condition = Assert.Single(status.Conditions, condition => condition.Type == ConditionType.WeightsDamaged);
        Assert.Equal((true, ConditionReason.WeightsDamaged), (condition.Status, condition.Reason));
        Assert.Contains("is not what its digest says, and was set aside to", condition.Message, StringComparison.Ordinal);

        await _host.StopAsync();
        await _host.StartAsync();
        await _host.WaitForAsync(
            status => status.Conditions.Any(condition => condition.Type == ConditionType.WeightsDamaged) && !status.Ready);
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        await _host.AskAsync(new ControlCommand.Retry(ModelName.Parse("a")));
        await _host.AskAsync(new ControlCommand.Retry(ModelName.Parse("other")));
        await _host.WaitForAsync(status => status.Ready);
        Assert.Equal(0, _host.Count("damages"));
    }

    [Fact]
    public async Task Nothing_is_read_while_changes_are_suspended_and_it_is_made_up_for_afterwards()
    {
        await StartAsync("FROM w.gguf");
        await _host.AskAsync(new ControlCommand.Suspend(), reason: "a freeze");
        var (path, _) = Damage();
        _time.Ahead += TimeSpan.FromMinutes(2);
        await _host.SyncAsync();
        Assert.Equal(0, _host.Count("verifications"));
        Assert.True(File.Exists(path));

        await _host.AskAsync(new ControlCommand.Resume());
        await _host.WaitForAsync(status => status.Ready && Told(EventKind.WeightsRestored) == 2);
    }

    [Theory]
    [InlineData("0 3 * * *", "2026-03-01T02:59:00Z", "2026-03-01T03:00:00Z", true)]
    [InlineData("0 3 * * *", "2026-03-01T03:00:00Z", "2026-03-01T03:59:59Z", false)]
    [InlineData("0 3 * * *", "2026-03-01T03:00:30Z", "2026-03-03T00:00:00Z", true)]
    [InlineData("0 3 1 1 *", "2026-01-01T03:00:30Z", "2026-12-31T00:00:00Z", false)]
    [InlineData("0 3 * * *", "2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z", false)]
    [InlineData(null, "2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z", false)]
    public void It_is_due_when_a_time_of_the_schedule_has_come_since_the_last_look(
        string? schedule, string after, string now, bool isDue) =>
        Assert.Equal(isDue, AtRestSchedule.IsDue(new AtRestSpec { Schedule = schedule }, Time(after), Time(now)));

    [Fact]
    public void The_schedule_goes_by_the_clock_of_its_zone() => Assert.True(AtRestSchedule.IsDue(
        new AtRestSpec { Schedule = "0 3 * * *", TimeZone = "Asia/Seoul" }, Time("2026-03-01T17:59:00Z"), Time("2026-03-01T18:00:00Z")));

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private int Told(EventKind kind) => _host.Board.Events.Count(item => item.Type == kind);

    private async Task StartAsync(string from)
    {
        _host.Commit(Models, ("a", $"{from}\nSYSTEM one"), ("o", $"{from}\nSYSTEM other"));
        await _host.StartAsync();
        await _host.SyncAsync();
    }

    private async Task WaitForReadingAsync()
    {
        _time.Ahead += TimeSpan.FromMinutes(2);
        await _host.SyncAsync();
        await _host.WaitForAsync(status => status.Source?.AtRest?.EndedAt is not null);
    }

    /// <summary>A bit of the weights falls over, as on a bad disk.</summary>
    private (string Path, byte[] Content) Damage()
    {
        var digest = _host.Store.Find(ModelName.Parse("a"))!.Manifest.Layers
            .Single(layer => layer.MediaType.EndsWith("image.model", StringComparison.Ordinal)).Digest;
        var path = _host.Store.Blobs.PathOf(digest);
        var content = File.ReadAllBytes(path);
        var damaged = content.ToArray();
        damaged[^1] ^= 1;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(path, damaged);
        return (path, content);
    }

    private sealed class SetTime : TimeProvider
    {
        internal TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
