using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using ModelOps.Http.Listening;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Systemd;

/// <summary>
/// The service manager that started this process, where one did. It hears when the server listens, how it is, and that it lives; and it
/// may have opened the sockets to listen on. Any thread.
/// </summary>
internal sealed class ServiceManager : IDisposable
{
    private const string NotifyVariable = "NOTIFY_SOCKET";
    private const string WatchdogVariable = "WATCHDOG_USEC";
    private const string WatchdogProcess = "WATCHDOG_PID";
    private const string SocketsVariable = "LISTEN_FDS";
    private const string SocketsProcess = "LISTEN_PID";
    private const string SocketNames = "LISTEN_FDNAMES";
    private const int MicrosecondsOfSecond = 1_000_000;

    private readonly CliContext _context;
    private readonly NotifySocket? _socket;
    private readonly ITimer? _watchdog;
    private int _failed;

    /// <summary>Reads what the manager left in the environment, and takes it out: it is meant for this process and for no child.</summary>
    /// <exception cref="CliException">What was handed over cannot be listened on.</exception>
    internal ServiceManager(CliContext context)
    {
        _context = context;
        var given = new HostEnvironment(context.Environment);
        var process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        Sockets = HandedSockets.Of(given.Text(SocketsVariable), given.Text(SocketsProcess));
        _socket = Open(given.Text(NotifyVariable));
        if (_socket is not null && given.Text(WatchdogProcess) is var watched && (watched.Length == 0 || watched == process)
            && long.TryParse(given.Text(WatchdogVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 1)
        {
            // The timer runs on the threads that also answer requests: where none is free for so long, nothing is answered either.
            _watchdog = context.Time.CreateTimer(_ => Send("WATCHDOG=1"), null, TimeSpan.Zero, TimeSpan.FromMicroseconds(limit / 2.0));
        }

        foreach (var name in (string[])[NotifyVariable, WatchdogVariable, WatchdogProcess, SocketsVariable, SocketsProcess, SocketNames])
            Environment.SetEnvironmentVariable(name, null);
    }

    /// <summary>Sockets that were opened for this process.</summary>
    internal ImmutableArray<HandedSocket> Sockets { get; }

    /// <summary>Somebody hears what is said here.</summary>
    internal bool Listens => _socket is not null;

    /// <summary>The server listens; or it has read its configuration again.</summary>
    internal void Ready() => Send("READY=1");

    /// <summary>How it is, in a line.</summary>
    internal void Describe(string line) => Send("STATUS=" + SafeText.ForLine(line));

    /// <summary>It begins to read its configuration again; <see cref="Ready"/> ends that.</summary>
    internal void Reloading()
    {
        var time = _context.Time;
        var now = (long)((double)time.GetTimestamp() / time.TimestampFrequency * MicrosecondsOfSecond);
        Send("RELOADING=1", string.Create(CultureInfo.InvariantCulture, $"MONOTONIC_USEC={now}"));
    }

    /// <summary>It stops, after running answers.</summary>
    internal void Stopping() => Send("STOPPING=1", "STATUS=Stopping: running answers are finished first");

    /// <inheritdoc/>
    public void Dispose()
    {
        _watchdog?.Dispose();
        _socket?.Dispose();
    }

    private NotifySocket? Open(string name)
    {
        if (name.Length == 0 || OperatingSystem.IsWindows())
            return null;
        try
        {
            return new NotifySocket(name);
        }
        catch (FormatException error)
        {
            Complain(error.Message);
            return null;
        }
    }

    /// <summary>A manager that cannot be reached acts on its silence; the server serves on.</summary>
    private void Send(params ReadOnlySpan<string> lines)
    {
        try
        {
            _socket?.Send(lines);
        }
        catch (ObjectDisposedException)
        {
            // The watchdog's timer met the end of the process.
        }
        catch (SocketException error)
        {
            if (Interlocked.Exchange(ref _failed, 1) == 0)
                Complain(error.Message);
        }
    }

    private void Complain(string reason) =>
        _context.Error.WriteLine($"Warning: the service manager cannot be told how this server is: {NotifyVariable}: {reason}");
}
