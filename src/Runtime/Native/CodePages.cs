using System.Globalization;
using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>Pages of code and constants that this process has mapped from files.</summary>
internal static partial class CodePages
{
    private const int DontNeed = 4;

    /// <summary>
    /// Lets go of code and constants that only the start needed: what is used again comes back from the page cache. Takes only pages that
    /// are never written to, so nothing is lost; relocated tables are written to, and stay. Does nothing on other systems than Linux.
    /// </summary>
    /// <remarks>Half of the resident memory of an idle process is such pages.</remarks>
    internal static void LetGo()
    {
        if (!OperatingSystem.IsLinux())
            return;

        // Read as bytes: ten thousand strings would take more memory than this gives back.
        using var list = new FileStream("/proc/self/smaps", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var buffer = new byte[8192];
        var (filled, mapping) = (0, default(Mapping));
        while (filled < buffer.Length && list.Read(buffer.AsSpan(filled)) is > 0 and var read)
        {
            var rest = buffer.AsSpan(0, filled + read);
            for (var end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
            {
                Take(rest[..end], ref mapping);
                rest = rest[(end + 1)..];
            }

            rest.CopyTo(buffer);
            filled = rest.Length;
        }
    }

    /// <summary>One line. The format: proc_pid_smaps(5).</summary>
    private static void Take(ReadOnlySpan<byte> line, ref Mapping mapping)
    {
        if (line.StartsWith("Anonymous:"u8))
        {
            if (mapping.IsReadOnlyFile && line.EndsWith(" 0 kB"u8))
                _ = madvise(mapping.From, mapping.To - mapping.From, DontNeed);
        }
        else if (line[..line.IndexOf((byte)' ')] is var range && range.IndexOf((byte)'-') is > 0 and var dash)
        {
            // from-to rwxp offset device inode path
            var rights = line.Slice(range.Length + 1, 4);
            mapping = new Mapping(
                nuint.Parse(range[..dash], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                nuint.Parse(range[(dash + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                line.Contains((byte)'/') && (rights.SequenceEqual("r-xp"u8) || rights.SequenceEqual("r--p"u8)));
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(nuint address, nuint length, int advice);

    private readonly record struct Mapping(nuint From, nuint To, bool IsReadOnlyFile);
}
