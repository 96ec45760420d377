using System.Buffers.Binary;
using System.Text;

namespace ModelOps.Reconciler.Trust;

/// <summary>Reads the numbers and strings that keys and signatures of ssh are made of.</summary>
internal ref struct SshReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    internal readonly bool IsAtEnd => _left.IsEmpty;

    internal bool TryReadBytes(int count, out ReadOnlySpan<byte> value)
    {
        var isThere = count >= 0 && count <= _left.Length;
        value = isThere ? _left[..count] : default;
        if (isThere)
            _left = _left[count..];
        return isThere;
    }

    internal bool TryReadNumber(out uint value)
    {
        var isThere = TryReadBytes(4, out var bytes);
        value = isThere ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;
        return isThere;
    }

    internal bool TryReadString(out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryReadNumber(out var length) && length <= int.MaxValue && TryReadBytes((int)length, out value);
    }

    internal bool TryReadText(out string value)
    {
        var isThere = TryReadString(out var bytes);
        value = Encoding.Latin1.GetString(bytes);
        return isThere;
    }

    /// <summary>A positive number without the zero byte that keeps it from being read as a negative one.</summary>
    internal bool TryReadInteger(out ReadOnlySpan<byte> value)
    {
        if (!TryReadString(out value) || (value.Length > 0 && value[0] >= 0x80))
            return false;
        value = value.TrimStart((byte)0);
        return true;
    }
}
