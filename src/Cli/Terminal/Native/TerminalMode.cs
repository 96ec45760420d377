using System.Runtime.InteropServices;

namespace ModelOps.Cli.Terminal.Native;

/// <summary>
/// How the terminal of standard input hands keys over: each at once and unseen, or as it was. Restored when it is disposed of, and when the
/// process is asked to end.
/// </summary>
internal sealed partial class TerminalMode : IDisposable
{
    // Larger than the structure of any system.
    private const int Size = 256;
    private const int AfterOutput = 1;
    private const short Readable = 1;
    private const int Interrupted = 4;

    // Where the flags of output and of the line are in the structure, and the bits that are needed of them.
    private static readonly int s_output = OperatingSystem.IsMacOS() ? 8 : 4;
    private static readonly int s_local = OperatingSystem.IsMacOS() ? 24 : 12;
    private static readonly byte s_signals = OperatingSystem.IsMacOS() ? (byte)0x80 : (byte)1;
    private static readonly int s_stop = OperatingSystem.IsMacOS() ? 18 : 20;

    // As long as a signal may take to arrive.
    private static readonly TimeSpan s_longestStop = TimeSpan.FromSeconds(1);

    private readonly byte[] _original;
    private readonly PosixSignalRegistration[] _signals;
    private readonly AutoResetEvent _continued = new(initialState: false);
    private byte[] _current;

    private TerminalMode(byte[] original)
    {
        _original = _current = original;
        PosixSignal[] endings = [PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
        _signals =
        [
            .. endings.Select(signal => PosixSignalRegistration.Create(signal, _ => Restore())),
            .. OperatingSystem.IsWindows()
                ? Array.Empty<PosixSignalRegistration>()
                : [PosixSignalRegistration.Create(PosixSignal.SIGCONT, Continue)],
        ];
    }

    /// <summary>The terminal of standard input; null where it is none, or none that is known.</summary>
    internal static TerminalMode? Open()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return null;
        var original = new byte[Size];
        return tcgetattr(0, ref original[0]) == 0 ? new TerminalMode(original) : null;
    }

    /// <summary>Every key comes as it is pressed, Ctrl-C too, and none is shown.</summary>
    internal void TakeKeys() => Set(signals: false);

    /// <summary>The same while work goes on, but Ctrl-C interrupts; what is typed meanwhile is kept for later.</summary>
    internal void Work() => Set(signals: true);

    /// <summary>As it was.</summary>
    internal void Restore() => Apply(_original);

    /// <summary>Stops this process as Ctrl-Z does, and returns when it goes on.</summary>
    internal void Suspend()
    {
        Restore();
        _continued.Reset();
        kill(Environment.ProcessId, s_stop);

        // The signal goes to any thread, so this one may run on for a moment. It may also be ignored, where there is no shell to return to.
        _continued.WaitOne(s_longestStop);
    }

    /// <summary>Waits for keys and reads them; 0 at the end of input, -1 when none came in time.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="milliseconds">How long to wait; -1 is for ever.</param>
    internal static int Read(Span<byte> buffer, int milliseconds)
    {
        while (true)
        {
            var input = new PollEntry { Asked = Readable };
            var ready = poll(ref input, 1, milliseconds);
            if (ready == 0)
                return -1;
            var count = ready < 0 ? -1 : read(0, ref buffer[0], (nuint)buffer.Length);
            if (count >= 0)
                return (int)count;

            // A resized terminal interrupts a call as well.
            if (Marshal.GetLastPInvokeError() != Interrupted)
                return 0;
        }
    }

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        Restore();
        _continued.Dispose();
    }

    // The runtime would set the terminal as it knows it, which is not how it is here.
    private void Continue(PosixSignalContext signal)
    {
        signal.Cancel = true;
        Apply(_current);
        _continued.Set();
    }

    private void Set(bool signals)
    {
        var mode = (byte[])_original.Clone();
        cfmakeraw(ref mode[0]);
        mode[s_output] |= 1;
        if (signals)
            mode[s_local] |= s_signals;
        Apply(mode);
    }

    private void Apply(byte[] mode)
    {
        _current = mode;
        tcsetattr(0, AfterOutput, ref mode[0]);
    }

    [LibraryImport("libc")]
    private static partial int tcgetattr(int descriptor, ref byte mode);

    [LibraryImport("libc")]
    private static partial void tcsetattr(int descriptor, int when, ref byte mode);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(ref byte mode);

    [LibraryImport("libc")]
    private static partial void kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref PollEntry entries, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, ref byte buffer, nuint count);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        internal int Descriptor;
        internal short Asked;
        internal short Found;
    }
}
