using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelOps.LoadGenerator.Wire;

/// <summary>One connection, used by one thread, with blocking calls: the cheapest client there is.</summary>
/// <remarks>
/// It is kept alive between whole replies. After a stream llama-server ends a connection without a word, so every stream gets a connection
/// of its own, from both sides, made before the clock runs.
/// </remarks>
internal sealed class Connection(string server, int port) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Servers accept in a thread of their own; a request does not begin with that.</summary>
    private static readonly TimeSpan AcceptTime = TimeSpan.FromMilliseconds(2);

    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly ReplyParser _reply = new();
    private Socket? _socket;
    private int _searched;

    internal Socket Socket => _socket ?? throw new InvalidOperationException("not connected");

    internal string Server => server;

    internal ReplyParser Reply => _reply;

    /// <summary>When the last request left, the first text came and the last byte came; timestamps of <see cref="Stopwatch"/>.</summary>
    internal long SentAt { get; private set; }

    internal long FirstTextAt { get; private set; }

    internal long EndedAt { get; private set; }

    /// <summary>The longest time between two pieces of the reply, from the first text on.</summary>
    internal TimeSpan LongestGap { get; private set; }

    /// <summary>Neither side has ended it.</summary>
    internal bool IsOpen => _socket is { } socket && !_reply.Closes && !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);

    internal TimeSpan FirstText => FirstTextAt > 0
        ? Stopwatch.GetElapsedTime(SentAt, FirstTextAt)
        : throw new LoadException($"{server} sent no text");

    internal TimeSpan Total => Stopwatch.GetElapsedTime(SentAt, EndedAt);

    /// <summary>
    /// Connects, unless it is connected. Both servers may end a connection between two requests; that is nobody's answer time.
    /// </summary>
    internal void Ready()
    {
        if (IsOpen)
            return;
        _socket?.Dispose();
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
        };
        _socket.Connect(IPAddress.Loopback, port);
        Thread.Sleep(AcceptTime);
        _reply.Reset();
    }

    /// <summary>Sends a request; the connection must be <see cref="Ready"/>.</summary>
    internal void Send(byte[] request)
    {
        _reply.Reset();
        (_searched, FirstTextAt, LongestGap) = (0, 0, TimeSpan.Zero);
        SentAt = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < request.Length;)
            sent += Socket.Send(request.AsSpan(sent));
    }

    /// <summary>Takes what has come, waiting for it.</summary>
    /// <returns>True when the reply is whole.</returns>
    internal bool Receive()
    {
        var count = Socket.Receive(_buffer);
        var before = EndedAt;
        EndedAt = Stopwatch.GetTimestamp();
        if (FirstTextAt > 0 && Stopwatch.GetElapsedTime(before, EndedAt) is var gap && gap > LongestGap)
            LongestGap = gap;
        if (count == 0)
            return _reply.End() ? true : throw new LoadException($"{server} ended a connection within a reply, after: {_reply}");
        _reply.Take(_buffer.AsSpan(0, count));
        if (FirstTextAt == 0 && HasText())
            FirstTextAt = EndedAt;
        return _reply.IsComplete;
    }

    /// <summary>One request and its whole reply.</summary>
    /// <exception cref="LoadException">Its status is not 200.</exception>
    internal ReplyParser Ask(byte[] request)
    {
        Ready();
        Send(request);
        while (!Receive())
        {
        }

        return Checked();
    }

    /// <exception cref="LoadException">The status of the reply is not 200.</exception>
    internal ReplyParser Checked() => _reply.Status == 200
        ? _reply
        : throw new LoadException($"{server} answered {_reply.Status}: {Encoding.UTF8.GetString(_reply.Body)}");

    public void Dispose() => _socket?.Dispose();

    /// <summary>A text that is not empty has come, in a completion or in a chat.</summary>
    private bool HasText()
    {
        while (true)
        {
            var rest = _reply.Body[_searched..];
            var found = rest.IndexOf("\"text\":"u8);
            if (found < 0 || found + 10 > rest.Length)
                return false;
            var value = rest[(found + 7)..].TrimStart((byte)' ');
            if (value.Length > 1 && value[0] == '"' && value[1] != '"')
                return true;
            _searched += found + 7;
        }
    }
}
