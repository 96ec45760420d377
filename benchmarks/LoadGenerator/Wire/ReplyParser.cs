using System.Buffers.Text;

namespace ModelOps.LoadGenerator.Wire;

/// <summary>
/// Takes the bytes of one HTTP/1.1 reply as they come and keeps its body. Copies bytes and reads chunk sizes, nothing more.
/// </summary>
internal sealed class ReplyParser
{
    private byte[] _head = new byte[4096];
    private byte[] _body = new byte[1 << 16];
    private int _headLength;
    private int _bodyLength;
    private long _rest;
    private Stage _stage;

    private enum Stage
    {
        /// <summary>Status line and headers.</summary>
        Head,

        /// <summary>A body of known length.</summary>
        Sized,

        /// <summary>Until the connection ends.</summary>
        Open,

        /// <summary>The line with the size of a chunk.</summary>
        ChunkSize,

        /// <summary>Data of a chunk.</summary>
        Chunk,

        /// <summary>The line end after a chunk.</summary>
        ChunkEnd,

        /// <summary>Lines after the last chunk, until an empty one.</summary>
        Trailer,

        /// <summary>The whole reply is here.</summary>
        Complete,
    }

    internal int Status { get; private set; }

    /// <summary>The server ends the connection after this reply.</summary>
    internal bool Closes { get; private set; }

    internal bool IsComplete => _stage == Stage.Complete;

    internal ReadOnlySpan<byte> Body => _body.AsSpan(0, _bodyLength);

    internal ReadOnlySpan<byte> Head => _head.AsSpan(0, _headLength);

    /// <summary>Forgets the last reply.</summary>
    internal void Reset() => (_headLength, _bodyLength, _rest, _stage, Status, Closes) = (0, 0, 0, Stage.Head, 0, false);

    /// <summary>The connection ended.</summary>
    /// <returns>False when the reply was not whole.</returns>
    internal bool End()
    {
        Closes = true;
        if (_stage == Stage.Open)
            _stage = Stage.Complete;
        return IsComplete;
    }

    /// <summary>The end of what has come.</summary>
    public override string ToString() =>
        System.Text.Encoding.UTF8.GetString(_bodyLength > 0 ? Body[Math.Max(0, _bodyLength - 300)..] : Head);

    internal void Take(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0 && _stage != Stage.Complete)
        {
            bytes = _stage switch
            {
                Stage.Head => TakeHead(bytes),
                Stage.Sized => TakeBody(bytes, Stage.Complete),
                Stage.Chunk => TakeBody(bytes, Stage.ChunkEnd),
                Stage.Open => TakeOpen(bytes),
                _ => TakeLine(bytes),
            };
        }
    }

    private ReadOnlySpan<byte> TakeHead(ReadOnlySpan<byte> bytes)
    {
        var before = _headLength;
        Append(ref _head, ref _headLength, bytes);
        var end = Head.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return [];
        var rest = bytes[(end + 4 - before)..];
        _headLength = end + 2;
        Status = Utf8Parser.TryParse(Head["HTTP/1.1 ".Length..], out int status, out _) ? status : 0;
        Closes = Value("connection"u8) is var connection && connection.StartsWith("close"u8);
        if (Value("transfer-encoding"u8).StartsWith("chunked"u8))
            _stage = Stage.ChunkSize;
        else if (Utf8Parser.TryParse(Value("content-length"u8), out long length, out _))
            (_rest, _stage) = (length, length == 0 ? Stage.Complete : Stage.Sized);
        else
            _stage = Stage.Open;
        return rest;
    }

    /// <summary>A header's value, or nothing.</summary>
    internal ReadOnlySpan<byte> Value(ReadOnlySpan<byte> name)
    {
        var rest = Head;
        while (rest.IndexOf("\r\n"u8) is var end and >= 0)
        {
            var line = rest[..end];
            if (line.Length > name.Length && line[name.Length] == ':' && System.Text.Ascii.EqualsIgnoreCase(line[..name.Length], name))
                return line[(name.Length + 1)..].TrimStart((byte)' ');
            rest = rest[(end + 2)..];
        }

        return [];
    }

    private ReadOnlySpan<byte> TakeBody(ReadOnlySpan<byte> bytes, Stage next)
    {
        var taken = (int)Math.Min(_rest, bytes.Length);
        Append(ref _body, ref _bodyLength, bytes[..taken]);
        _rest -= taken;
        if (_rest == 0)
            _stage = next;
        return bytes[taken..];
    }

    private ReadOnlySpan<byte> TakeOpen(ReadOnlySpan<byte> bytes)
    {
        Append(ref _body, ref _bodyLength, bytes);
        return [];
    }

    /// <summary>
    /// A line of the framing, byte by byte: it may come in pieces. <c>_rest</c> is the size read so far, or the line's length.
    /// </summary>
    private ReadOnlySpan<byte> TakeLine(ReadOnlySpan<byte> bytes)
    {
        for (var index = 0; index < bytes.Length; index++)
        {
            var one = bytes[index];
            if (one == '\n')
            {
                _stage = _stage switch
                {
                    Stage.ChunkEnd => Stage.ChunkSize,
                    Stage.ChunkSize => _rest == 0 ? Stage.Trailer : Stage.Chunk,
                    _ => _rest == 0 ? Stage.Complete : Stage.Trailer,
                };
                if (_stage != Stage.Chunk)
                    _rest = 0;
                return bytes[(index + 1)..];
            }

            if (one == '\r')
                continue;
            _rest = _stage == Stage.ChunkSize ? (_rest * 16) + Digit(one) : _rest + 1;
        }

        return [];
    }

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;

    private static void Append(ref byte[] buffer, ref int length, ReadOnlySpan<byte> bytes)
    {
        if (length + bytes.Length > buffer.Length)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + bytes.Length));
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }
}
