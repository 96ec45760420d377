using System.Text;
using System.Text.Unicode;

namespace ModelOps.Templates.GoTemplates.Values;

/// <summary>Text of the template language: a string whose characters each stand for one byte of UTF-8.</summary>
/// <remarks>The language counts, cuts and compares bytes, and may cut a character in two and join it again.
/// Text of ASCII letters only is the same in both forms and is not copied.</remarks>
internal static class ByteText
{
    /// <summary>Stands for a byte that does not belong to a character.</summary>
    internal const int Replacement = 0xFFFD;

    /// <summary>From ordinary text; half a surrogate pair becomes the replacement character.</summary>
    internal static string From(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        var bytes = Encoding.UTF8.GetBytes(text);
        return Encoding.Latin1.GetString(bytes);
    }

    internal static string From(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>To ordinary text; each byte that belongs to no character becomes one replacement character.</summary>
    internal static string ToText(string bytes)
    {
        if (Ascii.IsValid(bytes))
            return bytes;
        var utf8 = Encoding.Latin1.GetBytes(bytes);
        return Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : Repaired(bytes);
    }

    private static string Repaired(string bytes)
    {
        var text = new StringBuilder(bytes.Length);
        for (var index = 0; index < bytes.Length;)
        {
            if (bytes[index] < 0x80)
            {
                text.Append(bytes[index++]);
                continue;
            }

            var rune = DecodeRune(bytes, index, out var size);
            text.Append(new Rune(rune).ToString());
            index += size;
        }

        return text.ToString();
    }

    /// <summary>The character that begins at <paramref name="index"/>; a replacement of size 1 where none does.</summary>
    internal static int DecodeRune(string bytes, int index, out int size)
    {
        var first = bytes[index];
        if (first < 0x80)
        {
            size = 1;
            return first;
        }

        Span<byte> buffer = stackalloc byte[4];
        var count = Math.Min(4, bytes.Length - index);
        for (var offset = 0; offset < count; offset++)
            buffer[offset] = (byte)bytes[index + offset];
        if (Rune.DecodeFromUtf8(buffer[..count], out var rune, out size) == System.Buffers.OperationStatus.Done)
            return rune.Value;
        size = 1;
        return Replacement;
    }

    /// <summary>Whether a whole, proper character begins here.</summary>
    internal static bool IsWhole(int rune, int size) => rune != Replacement || size > 1;

    internal static string EncodeRune(int rune) =>
        From(Rune.IsValid(rune) ? new Rune(rune).ToString() : "\uFFFD");

    /// <summary>Number of characters; a stray byte counts as one.</summary>
    internal static int RuneCount(string bytes)
    {
        if (Ascii.IsValid(bytes))
            return bytes.Length;
        var count = 0;
        for (var index = 0; index < bytes.Length; count++)
        {
            DecodeRune(bytes, index, out var size);
            index += size;
        }

        return count;
    }

    /// <summary>The beginning of a text, at most the given number of characters.</summary>
    internal static string FirstRunes(string bytes, int count)
    {
        var index = 0;
        for (; index < bytes.Length && count > 0; count--)
        {
            DecodeRune(bytes, index, out var size);
            index += size;
        }

        return bytes[..index];
    }
}
