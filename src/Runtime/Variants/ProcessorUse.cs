using System.Globalization;

namespace ModelOps.Runtime.Variants;

/// <summary>How busy the processors of this machine are with anything at all.</summary>
internal sealed class ProcessorUse
{
    /// <summary>Idle, and idle while a disk is waited for: the fourth and fifth number.</summary>
    private static readonly Range s_idle = 3..5;

    private (long Busy, long All) _last;

    /// <summary>Share from 0 to 1 since the call before; null at the first call, and where the system does not tell.</summary>
    internal double? Since()
    {
        var (before, now) = (_last, Read());
        _last = now;
        return before.All > 0 && now.All > before.All ? (double)(now.Busy - before.Busy) / (now.All - before.All) : null;
    }

    /// <summary>Time that the first line of <c>/proc/stat</c> tells, in its unit; zeros when there is no such line.</summary>
    internal static (long Busy, long All) In(string line)
    {
        // user, nice, system, idle, iowait, irq, softirq, steal; what follows is counted in user and nice already.
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 9 || words[0] != "cpu")
            return default;
        var times = words[1..9].Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return (times.Sum() - times[s_idle].Sum(), times.Sum());
    }

    private static (long Busy, long All) Read()
    {
        try
        {
            return OperatingSystem.IsLinux() ? In(File.ReadLines("/proc/stat").First()) : default;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return default;
        }
    }
}
