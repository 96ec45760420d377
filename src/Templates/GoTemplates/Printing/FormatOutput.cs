using System.Text;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>Where formatting writes to; stops the render when it grows past a bound.</summary>
internal sealed class FormatOutput(int limit)
{
    private readonly StringBuilder _text = new();

    internal void Write(string bytes)
    {
        Reserve(bytes.Length);
        _text.Append(bytes);
    }

    internal void Write(char character, int count = 1)
    {
        Reserve(count);
        _text.Append(character, Math.Max(count, 0));
    }

    /// <summary>Writes text filled up to the width with spaces or zeros.</summary>
    internal void WritePadded(string bytes, FormatFlags flags, bool withZeros)
    {
        var missing = flags.Width is { } width ? Math.Max(width - ByteText.RuneCount(bytes), 0) : 0;
        if (!flags.Minus)
            Write(withZeros && flags.Zero ? '0' : ' ', missing);
        Write(bytes);
        if (flags.Minus)
            Write(' ', missing);
    }

    public override string ToString() => _text.ToString();

    private void Reserve(int count)
    {
        if (_text.Length + (long)count > limit)
            throw new TemplateOverflowException();
    }
}
