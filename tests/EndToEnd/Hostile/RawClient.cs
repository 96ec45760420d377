using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>A connection that sends exactly the bytes that it is given: no HTTP library would.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(20);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private RawClient()
    {
    }

    internal static async Task<RawClient> ConnectAsync(Daemon daemon)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, daemon.Address.Port));
        return client;
    }

    /// <summary>One connection, one request, and all that comes back until the server closes or falls silent.</summary>
    internal static async Task<RawAnswer> ExchangeAsync(Daemon daemon, string request, TimeSpan? limit = null)
    {
        using var client = await ConnectAsync(daemon);
        await client.SendAsync(request);
        return await client.ReadAsync(limit);
    }

    /// <summary>Sends a text, each character a byte.</summary>
    internal Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends bytes; that the server has closed by then is no failure.</summary>
    internal async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0)
                bytes = bytes[await _socket.SendAsync(bytes)..];
        }
        catch (SocketException)
        {
            // What it answered can be read all the same, mostly.
        }
    }

    /// <summary>Says that nothing more will be sent, and goes on reading.</summary>
    internal void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Hangs up without a farewell: the server gets a reset.</summary>
    internal void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
    }

    /// <summary>Reads one whole reply, or what there is when the server closes or the time is over.</summary>
    internal async Task<RawAnswer> ReadAsync(TimeSpan? limit = null)
    {
        using var deadline = new CancellationTokenSource(limit ?? DefaultLimit);
        using var received = new MemoryStream();
        var buffer = new byte[64 << 10];
        try
        {
            while (!RawAnswer.IsWhole(received.ToArray()))
            {
                var count = await _socket.ReceiveAsync(buffer, deadline.Token);
                if (count == 0)
                    return new RawAnswer(received.ToArray(), IsClosed: true);
                received.Write(buffer, 0, count);
            }
        }
        catch (OperationCanceledException)
        {
            // Nothing more came in time.
        }
        catch (SocketException)
        {
            return new RawAnswer(received.ToArray(), IsClosed: true);
        }

        return new RawAnswer(received.ToArray(), IsClosed: false);
    }

    /// <summary>Whether the server closes the connection in time; what it sends before is passed over.</summary>
    internal async Task<bool> IsClosedAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        var buffer = new byte[64 << 10];
        try
        {
            while (await _socket.ReceiveAsync(buffer, deadline.Token) > 0)
            {
                // What it still sends does not matter.
            }

            return true;
        }
        catch (SocketException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();
}

/// <summary>The bytes of a reply, and whether the server closed after them.</summary>
internal sealed record RawAnswer(byte[] Bytes, bool IsClosed)
{
    internal string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Status of the reply, past an interim one; 0 when there is none.</summary>
    internal int Status => Head(Bytes) is { } head ? StatusOf(head) : 0;

    internal string Body => Head(Bytes) is { } head ? Encoding.UTF8.GetString(Bytes.AsSpan(Start(Bytes) + head.Length + 4)) : "";

    /// <summary>The value of a header, or null.</summary>
    internal string? Header(string name) => Head(Bytes)?.Split("\r\n").Skip(1).Select(line => line.Split(':', 2))
        .Where(pair => pair[0].Equals(name, StringComparison.OrdinalIgnoreCase)).Select(pair => pair[1].Trim()).FirstOrDefault();

    /// <summary>There is a head, and the body that it announces.</summary>
    internal static bool IsWhole(byte[] bytes)
    {
        if (Head(bytes) is not { } head)
            return false;
        var body = bytes.AsSpan(Start(bytes) + head.Length + 4);
        if (head.Contains("\r\nTransfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            return body.EndsWith("0\r\n\r\n"u8);
        var mark = head.IndexOf("\r\nContent-Length:", StringComparison.OrdinalIgnoreCase);
        if (mark < 0)
            return StatusOf(head) is 204 or 304;
        var value = head[(mark + 17)..].Split("\r\n")[0];
        return body.Length >= int.Parse(value, CultureInfo.InvariantCulture);
    }

    private static int StatusOf(string head) => head.Split(' ') is [_, var code, ..] && int.TryParse(code, out var status) ? status : 0;

    private static string? Head(byte[] bytes)
    {
        var start = Start(bytes);
        var end = bytes.AsSpan(start).IndexOf("\r\n\r\n"u8);
        return end < 0 ? null : Encoding.Latin1.GetString(bytes, start, end);
    }

    // "100 Continue" comes before the reply itself.
    private static int Start(byte[] bytes) => bytes.AsSpan().StartsWith("HTTP/1.1 100 Continue\r\n\r\n"u8) ? 25 : 0;
}
