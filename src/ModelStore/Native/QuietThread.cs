using System.Runtime.InteropServices;

namespace ModelOps.ModelStore.Native;

/// <summary>
/// Runs long computations on a thread of their own that gives way to everything else on the machine: answers to requests come first.
/// </summary>
internal static partial class QuietThread
{
    private const int Processes = 0;
    private const int GivesWay = 10;

    /// <summary>Begins the work and returns; the work may block.</summary>
    public static Task<T> RunAsync<T>(string name, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(work, done)) { Name = name, IsBackground = true }.Start();
        return done.Task;
    }

    private static void Run<T>(Func<T> work, TaskCompletionSource<T> done)
    {
        // Linux counts threads as processes here, and 0 is the one that asks. Elsewhere it would be the whole process.
        if (OperatingSystem.IsLinux())
            setpriority(Processes, 0, GivesWay);
        try
        {
            done.SetResult(work());
        }
        catch (OperationCanceledException error)
        {
            done.SetCanceled(error.CancellationToken);
        }
#pragma warning disable CA1031 // The caller that waits gets the error, whatever it is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            done.SetException(error);
        }
    }

    [LibraryImport("libc")]
    private static partial void setpriority(int which, uint who, int priority);
}
