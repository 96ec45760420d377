using System.Diagnostics.CodeAnalysis;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Output;

/// <summary>
/// What standard output and standard error are written through: no text that gets here, wherever it is from, can command a terminal.
/// Our own colours, and what must stay byte for byte, go to <see cref="Exact"/>.
/// </summary>
/// <param name="exact">Where to.</param>
/// <param name="isLog">A line is a separate entry, as on standard error: nothing inside it begins another one.</param>
internal sealed class SafeWriter(TextWriter exact, bool isLog = false) : TextWriter
{
    private char _half;

    /// <summary>The stream itself.</summary>
    internal TextWriter Exact { get; } = exact;

    public override Encoding Encoding => Exact.Encoding;

    [AllowNull]
    public override string NewLine
    {
        get => Exact.NewLine;
        set => Exact.NewLine = value;
    }

    public override void WriteLine(string? value)
    {
        Write(isLog ? SafeText.ForLine(value ?? "") : value);
        Exact.WriteLine();
    }

    public override void Write(char value)
    {
        // The halves of a surrogate pair may come one by one.
        if (char.IsHighSurrogate(value) && _half == default)
            _half = value;
        else
            Write(value.ToString());
    }

    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        var text = _half == default ? value : _half + value;
        _half = default;
        Exact.Write(SafeText.ForReading(text));
    }

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    public override void Flush() => Exact.Flush();
}
