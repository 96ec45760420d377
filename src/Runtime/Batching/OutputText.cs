namespace ModelOps.Runtime.Batching;

/// <summary>Turns token bytes into text that may be sent: never half a character, never a stop text or a part of one.</summary>
internal sealed class OutputText(byte[][] stops)
{
    private byte[] _held = new byte[64];
    private int _count;
    private int _released;

    /// <summary>What may be sent after the last <see cref="Append"/> or <see cref="Finish"/>. Valid until the next call.</summary>
    internal ReadOnlySpan<byte> Released => _held.AsSpan(0, _released);

    /// <summary>Adds the bytes of one token.</summary>
    /// <returns>True when a stop text is complete: what comes before it is released and nothing more follows.</returns>
    internal bool Append(ReadOnlySpan<byte> piece)
    {
        DropReleased();
        if (_count + piece.Length > _held.Length)
            Array.Resize(ref _held, Math.Max(_held.Length * 2, _count + piece.Length));

        piece.CopyTo(_held.AsSpan(_count));
        _count += piece.Length;

        var text = _held.AsSpan(0, _count);
        var stop = FirstStop(text);

        // While a stop text may be coming, tokens are held whole, as the reference does: where a limit then ends the answer, they are lost.
        _released = stop >= 0 ? stop : MayBeginStop(text) ? 0 : _count - PartialCharacter(text);
        return stop >= 0;
    }

    /// <summary>The model has ended: releases what was held back in case it became a stop text. Half a character is dropped.</summary>
    internal void Finish()
    {
        DropReleased();
        _released = _count - PartialCharacter(_held.AsSpan(0, _count));
    }

    /// <summary>What was released has been sent.</summary>
    internal void Sent() => DropReleased();

    private void DropReleased()
    {
        _held.AsSpan(_released, _count - _released).CopyTo(_held);
        _count -= _released;
        _released = 0;
    }

    private int FirstStop(ReadOnlySpan<byte> text)
    {
        var first = -1;
        foreach (var stop in stops)
        {
            var at = text.IndexOf(stop);
            if (at >= 0 && (first < 0 || at < first))
                first = at;
        }

        return first;
    }

    /// <summary>Whether the end of the text begins a stop text.</summary>
    private bool MayBeginStop(ReadOnlySpan<byte> text)
    {
        foreach (var stop in stops)
        {
            for (var length = Math.Min(stop.Length - 1, text.Length); length > 0; length--)
            {
                if (text[^length..].SequenceEqual(stop.AsSpan(0, length)))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Bytes at the end that begin a character of which more must follow.</summary>
    internal static int PartialCharacter(ReadOnlySpan<byte> text)
    {
        for (var back = 1; back <= 3 && back <= text.Length; back++)
        {
            var value = text[^back];
            if ((value & 0xC0) == 0x80)
                continue;

            var needed = value switch { >= 0xF8 => 1, >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
            return needed > back ? back : 0;
        }

        return 0;
    }
}
