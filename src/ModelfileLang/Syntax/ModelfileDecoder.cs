using System.Buffers;
using System.Text;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>Bytes to text, with the reference's exact idea of what invalid bytes become.</summary>
internal static class ModelfileDecoder
{
    private const char Replacement = '\uFFFD';

    internal static (string Text, SourceEncoding Encoding, int FirstInvalid) Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
            return Utf16(bytes[2..], bigEndian: false);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return Utf16(bytes[2..], bigEndian: true);

        // After a mark each bad byte counts for itself; without one a cut-off sequence counts as one.
        return bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])
            ? Utf8(bytes[3..], SourceEncoding.Utf8WithMark, bytewise: true)
            : Utf8(bytes, SourceEncoding.Utf8, bytewise: false);
    }

    internal static string WellFormed(string text)
    {
        char[]? fixedText = null;
        for (var index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
                continue;
            if (index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]))
            {
                index++;
                continue;
            }

            fixedText ??= text.ToCharArray();
            fixedText[index] = Replacement;
        }

        return fixedText is null ? text : new string(fixedText);
    }

    private static (string Text, SourceEncoding Encoding, int FirstInvalid) Utf8(
        ReadOnlySpan<byte> bytes, SourceEncoding encoding, bool bytewise)
    {
        var firstInvalid = -1;
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var ascii = bytes.IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
            if (ascii != 0)
            {
                var run = ascii < 0 ? bytes : bytes[..ascii];
                text.Append(Encoding.ASCII.GetString(run));
                bytes = bytes[run.Length..];
                continue;
            }

            if (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) != OperationStatus.Done)
            {
                if (firstInvalid < 0)
                    firstInvalid = text.Length;
                consumed = bytewise ? 1 : consumed;
            }

            text.Append(rune.ToString());
            bytes = bytes[consumed..];
        }

        return (text.ToString(), encoding, firstInvalid);
    }

    /// <summary>A surrogate swallows a following low surrogate even when they do not form a pair, as in the reference's decoder.</summary>
    private static (string Text, SourceEncoding Encoding, int FirstInvalid) Utf16(ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        var firstInvalid = -1;
        var text = new StringBuilder((bytes.Length / 2) + 1);
        for (var index = 0; index < bytes.Length; index += 2)
        {
            if (index + 1 == bytes.Length)
            {
                AppendInvalid();
                break;
            }

            var unit = UnitAt(bytes, index, bigEndian);
            if (!char.IsSurrogate(unit))
            {
                text.Append(unit);
                continue;
            }

            var next = index + 3 < bytes.Length ? UnitAt(bytes, index + 2, bigEndian) : '\0';
            if (!char.IsLowSurrogate(next))
            {
                AppendInvalid();
                continue;
            }

            index += 2;
            if (char.IsHighSurrogate(unit))
                text.Append(unit).Append(next);
            else
                AppendInvalid();
        }

        return (text.ToString(), bigEndian ? SourceEncoding.Utf16BigEndian : SourceEncoding.Utf16LittleEndian, firstInvalid);

        void AppendInvalid()
        {
            if (firstInvalid < 0)
                firstInvalid = text.Length;
            text.Append(Replacement);
        }
    }

    private static char UnitAt(ReadOnlySpan<byte> bytes, int index, bool bigEndian) =>
        bigEndian ? (char)((bytes[index] << 8) | bytes[index + 1]) : (char)((bytes[index + 1] << 8) | bytes[index]);
}
