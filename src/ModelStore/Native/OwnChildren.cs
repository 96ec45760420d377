using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ModelOps.ModelStore.Native;

/// <summary>Processes that native code of this one started, of which .NET knows nothing.</summary>
public static partial class OwnChildren
{
    private const int NoWaiting = 1;
    private const int Kill = 9;

    /// <summary>Waits until all of them have ended, and ends those that do not; none is left behind as a zombie.</summary>
    /// <param name="patience">How long they may take to end by themselves.</param>
    public static void End(TimeSpan patience)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return;
        var clock = Stopwatch.StartNew();
        while (Reap() && clock.Elapsed < patience)
            Thread.Sleep(2);
        KillAll();
        for (var tries = 0; Reap() && tries < 500; tries++)
            Thread.Sleep(2);
    }

    /// <summary>Kills them, without waiting for their end.</summary>
    public static void KillAll()
    {
        foreach (var child in Ids())
        {
            // One that cannot be killed has ended in between.
            if (kill(child, Kill) != 0)
                continue;
        }
    }

    /// <summary>Takes in those that have ended. False when there are no others.</summary>
    private static bool Reap()
    {
        int ended;
        while ((ended = waitpid(-1, out _, NoWaiting)) > 0)
        {
            // One is gone; there may be more.
        }

        return ended == 0;
    }

    private static IEnumerable<int> Ids()
    {
        const string Threads = "/proc/self/task";
        if (!Directory.Exists(Threads))
            return [];
        return
        [
            .. Directory.EnumerateDirectories(Threads)
                .SelectMany(thread => ReadChildren(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
        ];
    }

    private static string ReadChildren(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            // The thread ended in between.
            return "";
        }
    }

    [LibraryImport("libc")]
    private static partial int waitpid(int process, out int status, int options);

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
