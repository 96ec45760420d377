using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ModelOps.Http.Listening;
using ModelOps.ModelStore.Native;

namespace ModelOps.Cli.Systemd;

/// <summary>The sockets that a service manager opened for this process, sd_listen_fds(3).</summary>
internal static class HandedSockets
{
    private const int First = 3;
    private const int Most = 64;

    // getsockopt(2) of Linux: whether a socket waits for connections.
    private const int SocketLevel = 1;
    private const int AcceptsConnections = 30;

    /// <summary>Those that are meant for this process; none where nothing was handed over.</summary>
    /// <param name="count">What <c>LISTEN_FDS</c> says.</param>
    /// <param name="process">What <c>LISTEN_PID</c> says.</param>
    /// <exception cref="CliException">What was handed over cannot be listened on.</exception>
    internal static ImmutableArray<HandedSocket> Of(string count, string process)
    {
        if (!OperatingSystem.IsLinux() || count.Length == 0
            || process != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            return [];
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var sockets) || sockets > Most)
            throw new CliException(ExitCode.Usage, $"LISTEN_FDS is '{count}', which is no number of sockets up to {Most}");
        return [.. Enumerable.Range(First, sockets).Select(Take)];
    }

    private static HandedSocket Take(int descriptor)
    {
        try
        {
            // Workers and git must not keep the address when this process is gone.
            OwnProcess.KeepFromChildren(descriptor);
            using var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: false));
            Span<byte> listens = stackalloc byte[sizeof(int)];
            socket.GetRawSocketOption(SocketLevel, AcceptsConnections, listens);
            return socket.SocketType == SocketType.Stream && listens[0] != 0
                && socket.LocalEndPoint is IPEndPoint or UnixDomainSocketEndPoint
                ? new HandedSocket(descriptor, socket.LocalEndPoint)
                : throw Unusable(descriptor, cause: null);
        }
        catch (SocketException error)
        {
            throw Unusable(descriptor, error);
        }
    }

    private static CliException Unusable(int descriptor, Exception? cause) => new(
        ExitCode.Usage,
        $"the service manager handed over file descriptor {descriptor}, which is no socket that waits for connections; a socket unit says "
        + "ListenStream= and Accept=no",
        cause);
}
