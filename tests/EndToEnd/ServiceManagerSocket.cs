using System.Net.Sockets;
using System.Text;

namespace ModelOps.EndToEnd;

/// <summary>The socket that a service manager hears its services on.</summary>
internal sealed class ServiceManagerSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    private readonly List<string> _messages = [];

    /// <param name="name">What <c>NOTIFY_SOCKET</c> says: a path, or <c>@NAME</c>.</param>
    internal ServiceManagerSocket(string name)
    {
        Name = name;
        _socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name));
    }

    internal string Name { get; }

    /// <summary>Reads on until a message fits, and returns it.</summary>
    internal async Task<string> WaitAsync(Func<string, bool> fits)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var message = Encoding.UTF8.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, limit.Token));
                _messages.Add(message);
                if (fits(message))
                    return message;
            }
        }
        catch (OperationCanceledException error)
        {
            throw new TimeoutException($"Heard only:\n{string.Join("\n---\n", _messages)}", error);
        }
    }

    internal Task<string> WaitAsync(string message) => WaitAsync(heard => heard == message);

    public void Dispose() => _socket.Dispose();
}
