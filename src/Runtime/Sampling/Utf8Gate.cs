namespace ModelOps.Runtime.Sampling;

/// <summary>
/// Keeps constrained text valid UTF-8 (RFC 3629) across tokens that hold parts of characters. The engine's grammars take any byte for the
/// rest of a character, so that a hot model could say what no JSON reader accepts.
/// </summary>
internal struct Utf8Gate
{
    private int _missing;
    private byte _least;
    private byte _most;

    /// <summary>No character is half told.</summary>
    internal readonly bool IsWhole => _missing == 0;

    /// <summary>Takes the bytes of a token, when text can go on with them.</summary>
    internal bool TryTake(ReadOnlySpan<byte> piece)
    {
        var next = this;
        foreach (var value in piece)
        {
            if (!next.TryTake(value))
                return false;
        }

        this = next;
        return true;
    }

    /// <summary>Whether text could go on with the bytes of a token.</summary>
    internal readonly bool Allows(ReadOnlySpan<byte> piece)
    {
        var next = this;
        return next.TryTake(piece);
    }

    private bool TryTake(byte value)
    {
        if (_missing > 0)
        {
            if (value < _least || value > _most)
                return false;
            (_missing, _least, _most) = (_missing - 1, 0x80, 0xBF);
            return true;
        }

        (_missing, _least, _most) = value switch
        {
            < 0x80 => (0, (byte)0x80, (byte)0xBF),
            < 0xC2 => (-1, (byte)0, (byte)0),
            < 0xE0 => (1, (byte)0x80, (byte)0xBF),
            0xE0 => (2, (byte)0xA0, (byte)0xBF),
            0xED => (2, (byte)0x80, (byte)0x9F),
            < 0xF0 => (2, (byte)0x80, (byte)0xBF),
            0xF0 => (3, (byte)0x90, (byte)0xBF),
            < 0xF4 => (3, (byte)0x80, (byte)0xBF),
            0xF4 => (3, (byte)0x80, (byte)0x8F),
            _ => (-1, (byte)0, (byte)0),
        };
        return _missing >= 0;
    }
}
