using System.Runtime.InteropServices;
using ModelOps.ModelStore.Native;

namespace ModelOps.Cli;

/// <summary>
/// Turns Ctrl-C and a request to end into a cancellation, so that work is given up cleanly. A second one ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupted;
    private readonly PosixSignalRegistration _terminated;

    internal Interruption()
    {
        _interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, Cli.ExitCode.Interrupted));
        _terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, Cli.ExitCode.Terminated));
    }

    internal CancellationToken Token => _stop.Token;

    /// <summary>What the process ends with after a signal.</summary>
    internal int ExitCode { get; private set; } = Cli.ExitCode.Interrupted;

    public void Dispose()
    {
        _interrupted.Dispose();
        _terminated.Dispose();
        _stop.Dispose();
    }

    private void Stop(PosixSignalContext signal, int exitCode)
    {
        signal.Cancel = true;
        if (_stop.IsCancellationRequested)
            OwnProcess.ExitNow(exitCode);
        ExitCode = exitCode;
        _stop.Cancel();
    }
}
