using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>How the bytes of a Modelfile were read.</summary>
public enum SourceEncoding
{
    /// <summary>UTF-8 without a mark: the normal case, also for text that never was bytes.</summary>
    Utf8,

    /// <summary>UTF-8 after a byte-order mark.</summary>
    Utf8WithMark,

    /// <summary>UTF-16, little end first, after a byte-order mark.</summary>
    Utf16LittleEndian,

    /// <summary>UTF-16, big end first, after a byte-order mark.</summary>
    Utf16BigEndian,
}

/// <summary>The decoded text of one Modelfile and where its lines are. Immutable.</summary>
public sealed class ModelfileSource
{
    private readonly ImmutableArray<int> _lineStarts;

    private ModelfileSource(string file, string text, SourceEncoding encoding, int firstInvalid)
    {
        File = file;
        Text = text;
        Encoding = encoding;
        FirstInvalid = firstInvalid;
        _lineStarts = FindLines(text);
    }

    /// <summary>Path as the user would name it, with <c>/</c>; empty for a text without a file.</summary>
    public string File { get; }

    /// <summary>The decoded text, without its byte-order mark; well-formed UTF-16.</summary>
    public string Text { get; }

    /// <summary>How the bytes were read.</summary>
    public SourceEncoding Encoding { get; }

    /// <summary>Index of the first character that stands for bytes that cannot be decoded (U+FFFD), or -1.</summary>
    public int FirstInvalid { get; }

    /// <summary>Number of lines; CR, LF and CR LF each end one.</summary>
    public int LineCount => _lineStarts.Length;

    /// <summary>Decodes as the reference does: the mark decides, without one it is UTF-8.</summary>
    public static ModelfileSource Decode(ReadOnlySpan<byte> bytes, string file = "")
    {
        var (text, encoding, firstInvalid) = ModelfileDecoder.Decode(bytes);
        return new ModelfileSource(file, text, encoding, firstInvalid);
    }

    /// <summary>Takes text that is decoded already. Lone surrogates become U+FFFD.</summary>
    public static ModelfileSource OfText(string text, string file = "") =>
        new(file, ModelfileDecoder.WellFormed(text), SourceEncoding.Utf8, firstInvalid: -1);

    /// <summary>Line of a character, from 1.</summary>
    public int LineOf(int offset)
    {
        var index = _lineStarts.BinarySearch(offset);
        return index >= 0 ? index + 1 : ~index;
    }

    /// <summary>Index of the first character of a line (from 1).</summary>
    public int StartOf(int line) => _lineStarts[line - 1];

    /// <summary>Index after the last character of a line, before its line end.</summary>
    public int EndOf(int line)
    {
        var end = line < _lineStarts.Length ? _lineStarts[line] : Text.Length;
        while (end > _lineStarts[line - 1] && Text[end - 1] is '\n' or '\r')
            end--;
        return end;
    }

    /// <summary>Text of a line (from 1), without its line end.</summary>
    public string LineText(int line) => Text[StartOf(line)..EndOf(line)];

    /// <summary>The span of some characters.</summary>
    public SourceSpan Span(int offset, int length)
    {
        var line = LineOf(offset);
        var endLine = length == 0 ? line : LineOf(offset + length);
        return new SourceSpan(
            offset, length, line, offset - StartOf(line) + 1, endLine, offset + length - StartOf(endLine) + 1);
    }

    /// <summary>The characters of a span.</summary>
    public string TextOf(SourceSpan span) => Text.Substring(span.Offset, span.Length);

    private static ImmutableArray<int> FindLines(string text)
    {
        var starts = ImmutableArray.CreateBuilder<int>();
        starts.Add(0);
        for (var index = 0; index < text.Length; index++)
        {
            var crLf = text[index] == '\r' && index + 1 < text.Length && text[index + 1] == '\n';
            if (Characters.IsNewline(text[index]) && !crLf)
                starts.Add(index + 1);
        }

        return starts.ToImmutable();
    }
}
