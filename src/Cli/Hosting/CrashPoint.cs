using System.Diagnostics;
using System.Globalization;

namespace ModelOps.Cli.Hosting;

/// <summary>
/// Lets tests end the process as a power cut would, right after something was written down: <c>MODELOPS_CRASH_AFTER=N</c> counts the
/// changes of the state from the start of the process.
/// </summary>
internal static class CrashPoint
{
    /// <summary>What is called after every change; null when no crash is asked for.</summary>
    internal static Action? Of(Func<string, string?> environment)
    {
        if (!int.TryParse(environment("MODELOPS_CRASH_AFTER"), NumberStyles.None, CultureInfo.InvariantCulture, out var left))
            return null;
        return () =>
        {
            if (Interlocked.Decrement(ref left) > 0)
                return;
            using var process = Process.GetCurrentProcess();
            process.Kill();
            Thread.Sleep(Timeout.Infinite);
        };
    }
}
