namespace ModelOps.Prompting.Grammars;

/// <summary>Reads characters from bytes that come one by one, and takes valid UTF-8 only (RFC 3629).</summary>
internal struct Utf8Reader
{
    private int _value;
    private int _missing;
    private byte _least;
    private byte _most;

    /// <summary>No character is half read.</summary>
    internal readonly bool IsWhole => _missing == 0;

    /// <summary>The character that was read last, when none is half read.</summary>
    internal readonly int Character => _value;

    /// <summary>The first and the last character that a half-read one can still become.</summary>
    internal readonly (int First, int Last) Characters
    {
        get
        {
            var shift = 6 * (_missing - 1);
            return (((_value << 6) | (_least & 0x3F)) << shift, ((((_value << 6) | (_most & 0x3F)) + 1) << shift) - 1);
        }
    }

    /// <summary>Takes the next byte, when a text can go on with it.</summary>
    internal bool TryTake(byte value)
    {
        if (_missing > 0)
        {
            if (value < _least || value > _most)
                return false;
            (_value, _missing, _least, _most) = ((_value << 6) | (value & 0x3F), _missing - 1, 0x80, 0xBF);
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
        _value = _missing switch
        {
            0 => value,
            1 => value & 0x1F,
            2 => value & 0x0F,
            _ => value & 0x07,
        };
        return _missing >= 0;
    }
}
