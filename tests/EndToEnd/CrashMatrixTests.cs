using System.Text.Json.Nodes;
using ModelOps.ModelStore.Tests.Crash;

namespace ModelOps.EndToEnd;

/// <summary>
/// The real process ends as killed after something was written down, in the work on a revision, in a rollback and in a repair, and is
/// started again: it converges, nothing was done twice, and the status was never better than what is served. A few cases by default; all of
/// them with <c>MODELOPS_CRASH_ALL=1</c>, and in <c>tests/long.sh</c>.
/// </summary>
[Trait("Category", "Crash")]
public sealed class CrashMatrixTests(ITestOutputHelper output) : IDisposable
{
    private const int SampleStep = 13;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_after_any_record_it_converges_and_does_nothing_twice_and_never_says_more_than_is_true()
    {
        var world = new CrashWorld(_folder.Path, _folder.Combine("home"));
        await world.PrepareAsync();
        var crashes = await EachRecordAsync(world, world.CrashAsync, world.RecoverAsync);
        Assert.True(crashes >= 3, $"only {crashes} crashes");
    }

    [Fact]
    public async Task Killed_anywhere_in_a_rollback_it_goes_back_once_or_not_at_all_and_can_be_asked_again()
    {
        var world = new CrashWorld(_folder.Path, _folder.Combine("home"));
        var rollback = new CrashedRollback(world);
        await rollback.PrepareAsync();
        var crashes = await EachRecordAsync(world, rollback.CrashAsync, rollback.RecoverAsync);
        Assert.True(crashes >= 1, $"only {crashes} crashes");
    }

    [Fact]
    public async Task Killed_anywhere_in_a_repair_names_and_weights_are_put_right_after_the_next_start()
    {
        var world = new CrashWorld(_folder.Path, _folder.Combine("home"));
        var repair = new CrashedRepair(world);
        await repair.PrepareAsync();
        var crashes = await EachRecordAsync(world, repair.CrashAsync, repair.RecoverAsync);
        Assert.True(crashes >= 1, $"only {crashes} crashes");
    }

    [Fact]
    public async Task Killed_after_any_record_and_started_on_a_full_disk_it_says_so_and_converges_when_there_is_space_again()
    {
        using var disk = new SmallDisk(megabytes: 48);
        var world = new CrashWorld(_folder.Path, Path.Combine(disk.Folder, "home"));
        await world.PrepareAsync();
        var (crashes, refused) = (0, 0);
        crashes = await EachRecordAsync(world, world.CrashAsync, async record =>
        {
            disk.Fill();
            var daemon = await StartOnFullDiskAsync(world, record);
            if (daemon is null)
            {
                refused++;
                disk.Empty();
                await world.RecoverAsync(record);
                return;
            }

            await using (daemon)
            {
                disk.Empty();
                using var asked = await daemon.Http.PostAsync("modelops/v1/sync", null);
                await world.ConvergeAsync(daemon, record);
            }

            await world.RecoverAsync(record);
        });
        output.WriteLine($"{refused} starts were refused");
        Assert.True(crashes >= 3, $"only {crashes} crashes");
    }

    [Fact]
    public async Task A_disk_that_is_full_when_a_revision_comes_is_told_and_what_is_served_stays()
    {
        using var disk = new SmallDisk(megabytes: 48);
        var world = new CrashWorld(_folder.Path, Path.Combine(disk.Folder, "home"));
        await world.PrepareAsync();
        await using var daemon = await Daemon.StartAsync(world.Repository.Path, world.Home, "--poll-interval", "1s");
        await world.ConvergeAsync(daemon, record: 0);
        disk.Fill();
        world.CommitThird();

        JsonNode? status = null;
        await daemon.WaitAsync("the full disk is told", async () =>
        {
            status = CrashWorld.Judge(await daemon.GetAsync("modelops/v1/status"), status);
            return !(bool)status["ready"]! && status.ToJsonString().Contains("full", StringComparison.Ordinal);
        });
        Assert.Equal("two", await CrashWorld.SystemOfAsync(daemon, "pinned"));

        disk.Empty();
        await daemon.WaitAsync("the third revision is in force", async () =>
        {
            status = CrashWorld.Judge(await daemon.GetAsync("modelops/v1/status"), status);
            return (bool)status["ready"]! && (string?)status["source"]!["applied"] == world.Repository.Head;
        });
        Assert.Equal("three", await CrashWorld.SystemOfAsync(daemon, "pinned"));
    }

    [Fact]
    public async Task A_start_on_a_full_disk_is_refused_for_the_disk_and_the_state_is_as_good_as_before()
    {
        using var disk = new SmallDisk(megabytes: 48);
        var world = new CrashWorld(_folder.Path, Path.Combine(disk.Folder, "home"));
        await world.PrepareAsync();
        disk.Fill();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Daemon.StartAsync(world.Repository.Path, world.Home));
        Assert.True(error.Message.Contains("is its disk full?", StringComparison.Ordinal), error.Message);
        Assert.DoesNotContain("move it away", error.Message, StringComparison.Ordinal);

        disk.Empty();
        await world.RecoverAsync(record: 0);
    }

    /// <summary>
    /// Goes through what is written down in the work, each time from the same state, until there is no more.
    /// </summary>
    private async Task<int> EachRecordAsync(CrashWorld world, Func<int, Task<bool>> crash, Func<int, Task> recover)
    {
        var crashes = 0;
        for (var record = CrashWorld.IsWhole ? 1 : 2; ; record += CrashWorld.IsWhole ? 1 : SampleStep)
        {
            world.Reset();
            if (!await crash(record))
                break;
            crashes++;
            await recover(record);
        }

        output.WriteLine($"{crashes} crashes");
        return crashes;
    }

    /// <summary>Null when the process ended, which it may with words about the disk, and without a trace of the program.</summary>
    private static async Task<Daemon?> StartOnFullDiskAsync(CrashWorld world, int record)
    {
        Daemon? daemon = null;
        try
        {
            daemon = await Daemon.StartAsync(world.Repository.Path, world.Home);
            JsonNode? status = null;
            for (var look = 0; look < 20; look++, await Task.Delay(50))
                status = CrashWorld.Judge(await daemon.GetAsync("modelops/v1/status"), status);
            return daemon;
        }
        catch (Exception error) when (error is InvalidOperationException or HttpRequestException)
        {
            var text = daemon?.Output ?? error.Message;
            if (daemon is not null)
                await daemon.DisposeAsync();
            Assert.DoesNotContain("The status is not true", error.Message, StringComparison.Ordinal);
            Assert.True(text.Contains("full", StringComparison.OrdinalIgnoreCase), $"record {record}: {text}");
            Assert.DoesNotContain("   at ModelOps.", text, StringComparison.Ordinal);
            return null;
        }
    }
}
