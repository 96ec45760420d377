using System.Net.Sockets;

namespace ModelOps.Cli.Systemd;

/// <summary>Where a service manager hears what state this process is in: one datagram for each message, sd_notify(3).</summary>
internal sealed class NotifySocket : IDisposable
{
    /// <summary>A manager that reads nothing must not hold this process up.</summary>
    private const int PatienceMilliseconds = 1000;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
    {
        SendTimeout = PatienceMilliseconds,
    };

    private readonly UnixDomainSocketEndPoint _address;

    /// <param name="name">The path of a socket, or <c>@</c> and its name where it has no file.</param>
    /// <exception cref="FormatException">It is neither.</exception>
    internal NotifySocket(string name)
    {
        if (name.Length < 2 || name[0] is not ('/' or '@'))
            throw new FormatException($"'{name}' is neither the path of a socket nor @NAME");
        try
        {
            _address = new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new FormatException($"'{name}' is longer than the path of a socket may be", error);
        }
    }

    /// <summary>Sends a message of lines like <c>READY=1</c>.</summary>
    /// <exception cref="SocketException">Nobody takes it.</exception>
    internal void Send(params ReadOnlySpan<string> lines) =>
        _socket.SendTo(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines!)), _address);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
