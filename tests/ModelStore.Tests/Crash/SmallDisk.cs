using System.Diagnostics;

namespace ModelOps.ModelStore.Tests.Crash;

/// <summary>A file system of a few megabytes that a test can fill.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly bool _mounted;

    internal SmallDisk(int megabytes = 4)
    {
        var (code, message) = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Folder);
        _mounted = code == 0;

        // Only an ordinary user may be unable to mount; where we are root this has to work.
        Assert.SkipWhen(!_mounted && Environment.UserName != "root", $"a small file system cannot be mounted by this user: {message}");
        Assert.True(_mounted, $"a small file system could not be mounted: {message}");
    }

    internal string Folder { get; } = Directory.CreateTempSubdirectory("modelops-full-").FullName;

    internal long Free => new DriveInfo(Folder).AvailableFreeSpace;

    private string Filler => Path.Combine(Folder, "filler");

    /// <summary>Takes all that is free.</summary>
    internal void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>As much is free, at once or as soon as processes that other tests start no longer have what they inherited open.</summary>
    internal void AssertFree(long least)
    {
        SpinWait.SpinUntil(() => Free >= least, TimeSpan.FromSeconds(5));
        Assert.InRange(Free, least, long.MaxValue);
    }

    /// <summary>Gives it back.</summary>
    internal void Empty() => File.Delete(Filler);

    public void Dispose()
    {
        if (_mounted)
            Run("umount", "-l", Folder);
        Directory.Delete(Folder, recursive: true);
    }

    private static (int Code, string Message) Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            var message = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, message);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (-1, error.Message);
        }
    }
}
