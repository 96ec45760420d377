using ModelOps.Cli.Hosting;

namespace ModelOps.Cli.Tests.Hosting;

public sealed class ControlGroupsTests : IDisposable
{
    private const string Unit = "system.slice/modelops.service";

    private readonly string _root = Directory.CreateTempSubdirectory("groups").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_machine_without_groups_has_no_limit()
    {
        Assert.Null(ControlGroups.Memory(_root));
        Assert.Null(ControlGroups.Processors(_root));
    }

    [Theory]
    [InlineData("8000000000", "max", "max", 8_000_000_000, Unit + "/memory.max")]
    [InlineData("max", "6000000000", "max", 6_000_000_000, Unit + "/memory.high")]
    [InlineData("max", "max", "4000000000", 4_000_000_000, "system.slice/memory.max")]
    [InlineData("8000000000", "6000000000", "4000000000", 4_000_000_000, "system.slice/memory.max")]
    public void The_smallest_limit_of_a_unit_and_of_what_it_is_in_holds(string max, string high, string above, long bytes, string file)
    {
        Version2($"/{Unit}", "/");
        Write($"sys/fs/cgroup/{Unit}/memory.max", max);
        Write($"sys/fs/cgroup/{Unit}/memory.high", high);
        Write("sys/fs/cgroup/system.slice/memory.max", above);

        Assert.Equal(new GroupMemory(bytes, Path.Combine(_root, "sys/fs/cgroup", file)), ControlGroups.Memory(_root));
    }

    [Fact]
    public void Without_a_limit_in_any_of_them_there_is_none()
    {
        Version2($"/{Unit}", "/");
        Write($"sys/fs/cgroup/{Unit}/memory.max", "max");
        Assert.Null(ControlGroups.Memory(_root));
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/docker/abc", "/docker/abc")]
    [InlineData("/../../other", "/")]
    public void A_container_sees_its_own_group_at_the_top(string group, string mounted)
    {
        Version2(group, mounted);
        Write("sys/fs/cgroup/memory.max", "2000000000");
        Assert.Equal(2_000_000_000, ControlGroups.Memory(_root)!.Bytes);
    }

    [Fact]
    public void The_first_version_has_a_tree_for_memory_alone()
    {
        Write("proc/self/cgroup", "9:name=systemd:/\n5:cpu,cpuacct:/batch\n4:memory:/batch/job 7\n0::/\n");
        Write(
            "proc/self/mountinfo",
            "34 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
            + "35 31 0:32 / /sys/fs/cgroup/memory\\040tree rw,relatime shared:10 - cgroup cgroup rw,memory\n"
            + "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n");
        Write("sys/fs/cgroup/memory tree/memory.limit_in_bytes", "9223372036854771712");
        Write("sys/fs/cgroup/memory tree/batch/job 7/memory.limit_in_bytes", "3000000000");
        Write("sys/fs/cgroup/cpu/batch/cpu.cfs_quota_us", "150000");
        Write("sys/fs/cgroup/cpu/batch/cpu.cfs_period_us", "100000");
        Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1");
        Write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");

        Assert.Equal(3_000_000_000, ControlGroups.Memory(_root)!.Bytes);
        Assert.Equal(1.5, ControlGroups.Processors(_root));
    }

    [Theory]
    [InlineData("max 100000", null)]
    [InlineData("50000 100000", 0.5)]
    [InlineData("50000 0", null)]
    [InlineData("nonsense", null)]
    public void Processors_are_a_quota_of_a_period(string text, double? processors)
    {
        Version2($"/{Unit}", "/");
        Write($"sys/fs/cgroup/{Unit}/cpu.max", text);
        Assert.Equal(processors, ControlGroups.Processors(_root));
    }

    [Theory]
    [InlineData("4:memory\nnonsense\n\n:::::\n", "35 31 0:32 / /a rw - cgroup\n- - - - - - -\n")]
    [InlineData("0::/a\n", "35 31 0:32 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n")]
    public void What_makes_no_sense_is_no_limit(string groups, string mounts)
    {
        Write("proc/self/cgroup", groups);
        Write("proc/self/mountinfo", mounts);
        Write("sys/fs/cgroup/a/memory.max", "-7\n");
        Assert.Null(ControlGroups.Memory(_root));
    }

    [Theory]
    [InlineData("2000000000", 2_000_000_000, true)]
    [InlineData("9223372036854771712", 16_777_216_000, false)]
    [InlineData("max", 16_777_216_000, false)]
    public void Models_get_what_the_machine_has_or_what_the_group_allows(string limit, long bytes, bool isLimited)
    {
        Version2($"/{Unit}", "/");
        Write("proc/meminfo", "MemTotal:       16384000 kB\nMemFree:          100 kB\n");
        Write($"sys/fs/cgroup/{Unit}/memory.max", limit);

        var memory = MachineMemory.Of(_root);
        Assert.Equal(bytes, memory.Bytes);
        Assert.Equal(isLimited, memory.Limit is not null);
    }

    private void Version2(string group, string mounted)
    {
        Write("proc/self/cgroup", $"0::{group}\n");
        Write("proc/self/mountinfo", $"30 23 0:26 {mounted} /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
