using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace ModelOps.Http.Listening;

/// <summary>The socket of this machine: a path that only its user reaches, and whose peers the system vouches for.</summary>
public static class LocalSocket
{
    /// <summary>Its name in the state folder.</summary>
    public const string UsualName = "socket";

    /// <summary>Bytes that a path may have, of Linux; macOS takes four less.</summary>
    public const int LongestPath = 103;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>A path is short enough for the system.</summary>
    public static bool Fits(string path) => Encoding.UTF8.GetByteCount(path) <= LongestPath;

    /// <summary>Makes room: a socket that nobody answers on any more is what a killed server left.</summary>
    /// <exception cref="IOException">Something else is there, or a server answers on it.</exception>
    public static void Prepare(string path)
    {
        if (!Path.Exists(path))
            return;
        if (ModelStore.Native.RegularFile.OtherKindOf(path) != "a socket")
            throw new IOException($"{path} is there already, and is no socket");
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
            return;
        }

        throw new IOException($"another server answers on {path}");
    }

    /// <summary>Nobody else may connect, whatever the folder allows.</summary>
    internal static void Narrow(string path)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(path))
            File.SetUnixFileMode(path, Private);
    }

    /// <summary>Serves a connection of a process that is this user's, and no other.</summary>
    internal static Task ServeAsync(ConnectionContext connection, ConnectionDelegate serve)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket && LocalPeer.Of(socket) is { IsTrusted: true } peer)
        {
            connection.Features.Set(peer);
            return serve(connection);
        }

        connection.Abort(new ConnectionAbortedException("the process at the other end is of another user"));
        return Task.CompletedTask;
    }
}
