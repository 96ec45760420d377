using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>One run over a format text with its arguments.</summary>
internal sealed class FormatRun(string format, GoValue[] values, FormatOutput output)
{
    private readonly ValuePrinter _printer = new(output);
    private int _index;
    private int _argument;
    private bool _isReordered;
    private bool _isGoodIndex;
    private bool _isAfterIndex;

    internal void Run()
    {
        while (_index < format.Length)
        {
            var percent = format.IndexOf('%', _index);
            var end = percent < 0 ? format.Length : percent;
            output.Write(format[_index..end]);
            _index = end + 1;
            if (percent >= 0)
                Directive();
        }

        if (!_isReordered && _argument < values.Length)
            Extra();
    }

    /// <summary>From behind the percent sign to the letter.</summary>
    private void Directive()
    {
        _isGoodIndex = true;
        _isAfterIndex = false;
        var flags = Flags();
        ArgumentIndex();
        Width(flags);
        Precision(flags);
        if (!_isAfterIndex)
            ArgumentIndex();
        if (_index >= format.Length)
        {
            output.Write("%!(NOVERB)");
            return;
        }

        var verb = ByteText.DecodeRune(format, _index, out var size);
        _index += size;
        Verb(verb, flags);
    }

    private void Verb(int verb, FormatFlags flags)
    {
        if (verb == '%')
        {
            output.Write('%');
        }
        else if (!_isGoodIndex)
        {
            output.Write($"%!{ByteText.EncodeRune(verb)}(BADINDEX)");
        }
        else if (_argument >= values.Length)
        {
            output.Write($"%!{ByteText.EncodeRune(verb)}(MISSING)");
        }
        else
        {
            if (verb == 'v')
                flags.TurnForValue();
            _printer.Flags = flags;
            _printer.Print(values[_argument++], verb);
        }
    }

    private FormatFlags Flags()
    {
        var flags = new FormatFlags();
        for (; _index < format.Length; _index++)
        {
            switch (format[_index])
            {
                case '#': flags.Sharp = true; break;
                case '0': flags.Zero = true; break;
                case '+': flags.Plus = true; break;
                case '-': flags.Minus = true; break;
                case ' ': flags.Space = true; break;
                default: return flags;
            }
        }

        return flags;
    }

    private bool TakeStar()
    {
        if (_index >= format.Length || format[_index] != '*')
            return false;
        _index++;
        _isAfterIndex = false;
        return true;
    }

    private void Width(FormatFlags flags)
    {
        if (!TakeStar())
        {
            flags.Width = FormatScan.Number(format, ref _index, format.Length);
            if (_isAfterIndex && flags.Width is not null)
                _isGoodIndex = false;
            return;
        }

        flags.Width = IntegerArgument();
        if (flags.Width is null)
            output.Write("%!(BADWIDTH)");
        if (flags.Width < 0)
        {
            flags.Width = -flags.Width;
            flags.Minus = true;
            flags.Zero = false;
        }
    }

    private void Precision(FormatFlags flags)
    {
        if (_index >= format.Length || format[_index] != '.')
            return;
        _index++;
        if (_isAfterIndex)
            _isGoodIndex = false;
        ArgumentIndex();
        if (!TakeStar())
        {
            flags.Precision = FormatScan.Number(format, ref _index, format.Length) ?? 0;
            return;
        }

        flags.Precision = IntegerArgument();
        if (flags.Precision < 0)
            flags.Precision = null;
        if (flags.Precision is null)
            output.Write("%!(BADPREC)");
    }

    private int? IntegerArgument()
    {
        if (_argument >= values.Length)
            return null;
        var value = values[_argument++];
        return value.Kind is GoKind.Int or GoKind.Byte && !FormatScan.IsTooLarge(value.AsInt) ? (int)value.AsInt : null;
    }

    private void ArgumentIndex()
    {
        _isAfterIndex = false;
        if (_index >= format.Length || format[_index] != '[')
            return;
        _isReordered = true;
        var (index, length) = FormatScan.ArgumentIndex(format.AsSpan(_index));
        _index += length;
        _isAfterIndex = index is not null;
        if (index is { } argument && argument >= 0 && argument < values.Length)
            _argument = argument;
        else
            _isGoodIndex = false;
    }

    private void Extra()
    {
        _printer.Flags = new FormatFlags();
        output.Write("%!(EXTRA ");
        for (var index = _argument; index < values.Length; index++)
        {
            if (index > _argument)
                output.Write(", ");
            if (values[index].IsNothing)
            {
                output.Write("<nil>");
                continue;
            }

            output.Write($"{values[index].TypeName}=");
            _printer.Print(values[index], 'v');
        }

        output.Write(')');
    }
}
