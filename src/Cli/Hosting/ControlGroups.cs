using System.Globalization;

namespace ModelOps.Cli.Hosting;

/// <summary>What a control group allows.</summary>
/// <param name="Bytes">Bytes of memory, files that are read included.</param>
/// <param name="File">The file of the system that says so.</param>
internal sealed record GroupMemory(long Bytes, string File);

/// <summary>
/// The control groups of Linux that this process is in, of both versions: those that a container, a unit of systemd or a batch system made
/// for it, and those above them. A limit of any of them holds.
/// </summary>
internal static class ControlGroups
{
    private const string Escaped = "\\040";

    // Above "high" the system slows a group down until it hardly runs, so that counts as well as "max".
    private static readonly string[] s_memory = ["memory.max", "memory.high", "memory.limit_in_bytes"];

    /// <summary>The smallest limit on memory; null when there is none.</summary>
    /// <param name="root">Where the system's files are: <c>/</c>.</param>
    internal static GroupMemory? Memory(string root) => Folders(root, "memory")
        .SelectMany(_ => s_memory, Path.Combine)
        .Select(file => long.TryParse(Read(file), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new GroupMemory(bytes, file)
            : null)
        .OfType<GroupMemory>()
        .MinBy(limit => limit.Bytes);

    /// <summary>The fewest processors that a group may use, on average; null when there is no limit.</summary>
    /// <param name="root">Where the system's files are: <c>/</c>.</param>
    internal static double? Processors(string root)
    {
        var limits = Folders(root, "cpu").Select(ProcessorsOf).OfType<double>().ToArray();
        return limits.Length == 0 ? null : limits.Min();
    }

    private static double? ProcessorsOf(string folder)
    {
        var words = Read(Path.Combine(folder, "cpu.max")).Split(' ');
        if (words.Length != 2)
            words = [Read(Path.Combine(folder, "cpu.cfs_quota_us")), Read(Path.Combine(folder, "cpu.cfs_period_us"))];
        return double.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var quota)
            && double.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var period) && period > 0
            ? quota / period
            : null;
    }

    /// <summary>Folders of the groups that govern something for this process, and of those above, as far as they are seen.</summary>
    private static IEnumerable<string> Folders(string root, string controller)
    {
        var groups = Read(Path.Combine(root, "proc/self/cgroup")).Split('\n').Select(line => line.Split(':', 3))
            .Where(fields => fields.Length == 3).ToArray();
        foreach (var mount in Read(Path.Combine(root, "proc/self/mountinfo")).Split('\n').Select(line => line.Split(' ')))
        {
            var dash = Array.IndexOf(mount, "-");
            if (dash < 6 || mount.Length < dash + 4)
                continue;
            var (kind, controllers) = (mount[dash + 1], mount[dash + 3].Split(','));
            var group = kind switch
            {
                "cgroup2" => groups.FirstOrDefault(fields => fields[1].Length == 0),
                "cgroup" when controllers.Contains(controller) =>
                    groups.FirstOrDefault(fields => fields[1].Split(',').Contains(controller)),
                _ => null,
            };
            if (group is null)
                continue;
            var top = Path.Combine(root, Unescape(mount[4]).TrimStart('/'));
            foreach (var folder in Upwards(top, Below(Unescape(mount[3]), group[2])))
                yield return folder;
        }
    }

    /// <summary>The part of a group's name below what is mounted; empty where it is not below it, as within a container.</summary>
    private static string Below(string mounted, string group) =>
        mounted == "/" ? group : group.StartsWith(mounted + "/", StringComparison.Ordinal) ? group[mounted.Length..] : "";

    private static IEnumerable<string> Upwards(string top, string group)
    {
        var parts = group.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Contains(".."))
            parts = [];
        for (var count = parts.Length; count >= 0; count--)
            yield return Path.Combine([top, .. parts[..count]]);
    }

    private static string Unescape(string path) => path.Replace(Escaped, " ", StringComparison.Ordinal);

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
