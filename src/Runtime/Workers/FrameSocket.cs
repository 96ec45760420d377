using System.Buffers.Binary;
using System.Net.Sockets;

namespace ModelOps.Runtime.Workers;

/// <summary>A connected socket that carries frames. One thread receives; any may send.</summary>
internal sealed class FrameSocket(Socket socket, TimeProvider time) : IDisposable
{
    private const int MaxLength = 1 << 30;

    private readonly Lock _sending = new();
    private readonly FrameWriter _writer = new();
    private byte[] _received = new byte[64 * 1024];
    private int _start;
    private int _end;
    private long _sent;

    /// <summary>What to do with a frame.</summary>
    internal delegate void FrameHandler(Frame frame);

    /// <summary>Writes frames and sends them at once.</summary>
    /// <returns>False when the other side is gone.</returns>
    internal bool Send(Action<FrameWriter> write)
    {
        lock (_sending)
        {
            write(_writer);
            return Flush();
        }
    }

    /// <summary>A frame is being collected under the lock that this returns.</summary>
    internal Lock.Scope Writing(out FrameWriter writer)
    {
        writer = _writer;
        return _sending.EnterScope();
    }

    internal bool SendCollected()
    {
        lock (_sending)
            return Flush();
    }

    /// <summary>Sends what is collected unless something was sent less than <paramref name="pause"/> ago.</summary>
    internal bool SendCollectedAfter(TimeSpan pause)
    {
        lock (_sending)
            return time.GetElapsedTime(_sent) < pause || Flush();
    }

    /// <summary>Receives frames until the other side is gone. Blocks the calling thread.</summary>
    internal void Receive(FrameHandler handler)
    {
        while (true)
        {
            while (TryTake(out var kind, out var number, out var payload))
                handler(new Frame(kind, number, payload));

            var count = ReceiveMore();
            if (count == 0)
                return;

            _end += count;
        }
    }

    public void Dispose() => socket.Dispose();

    private bool Flush()
    {
        try
        {
            var bytes = _writer.Written;
            while (bytes.Length > 0)
                bytes = bytes[socket.Send(bytes, SocketFlags.None)..];

            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            _writer.Clear();
            _sent = time.GetTimestamp();
        }
    }

    private int ReceiveMore()
    {
        if (_start > 0)
        {
            _received.AsSpan(_start, _end - _start).CopyTo(_received);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _received.Length)
            Array.Resize(ref _received, _received.Length * 2);

        try
        {
            return socket.Receive(_received.AsSpan(_end), SocketFlags.None);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }

    private bool TryTake(out FrameKind kind, out uint number, out ReadOnlySpan<byte> payload)
    {
        (kind, number) = (default, 0);
        payload = default;
        var waiting = _received.AsSpan(_start, _end - _start);
        if (waiting.Length < FrameWriter.HeaderLength)
            return false;

        var length = BinaryPrimitives.ReadInt32LittleEndian(waiting);
        if (length is < FrameWriter.HeaderLength - sizeof(int) or > MaxLength || waiting[4] != FrameWriter.Version)
            throw new InvalidDataException("The other side of a worker connection speaks another version of the protocol.");

        if (waiting.Length < length + sizeof(int))
            return false;

        kind = (FrameKind)waiting[5];
        number = BinaryPrimitives.ReadUInt32LittleEndian(waiting[6..]);
        payload = waiting[FrameWriter.HeaderLength..(length + sizeof(int))];
        _start += length + sizeof(int);
        return true;
    }
}
