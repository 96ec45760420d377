using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>Writes values under the flags and letter of a format.</summary>
internal sealed class ValuePrinter(FormatOutput output)
{
    private const string Nil = "<nil>";

    /// <summary>Stands for every address, since the real one is of no use in output.</summary>
    private const long Address = 0xc000000000;

    private readonly ScalarPrinter _scalars = new(output);
    private readonly FloatPrinter _floats = new(output);
    private FormatFlags _flags = new();
    private GoValue _argument;
    private bool _isReporting;

    internal FormatFlags Flags
    {
        get => _flags;
        set => _flags = value;
    }

    /// <summary>Writes one argument.</summary>
    internal void Print(GoValue value, int verb)
    {
        _argument = value;
        if (value.IsNothing)
        {
            if (verb is 'T' or 'v')
                output.WritePadded(Nil, _flags, withZeros: true);
            else
                Bad(verb);
        }
        else if (verb == 'T')
        {
            _scalars.Text(value.TypeName, 's', _flags);
        }
        else if (verb == 'w')
        {
            // This letter is for errors only, and templates have no error values.
            Bad(verb);
        }
        else if (!PrintsItself(value, verb))
        {
            Inner(value, verb, 0);
        }
    }

    /// <summary>Types with a text of their own are written as that text.</summary>
    private bool PrintsItself(GoValue value, int verb)
    {
        if (_isReporting
            || _flags.SharpV
            || verb is not ('v' or 's' or 'x' or 'X' or 'q')
            || value.Type?.Text is not { } text
            || (value.Type.IsPointer && value.IsNil))
            return false;
        if (!_scalars.Text(text(value), verb, _flags))
            Bad(verb);
        return true;
    }

    private void Inner(GoValue value, int verb, int depth)
    {
        if (depth > 0 && !value.IsNothing)
        {
            _argument = value;
            if (PrintsItself(value, verb))
                return;
        }

        var isDone = value.Kind switch
        {
            GoKind.Bool => _scalars.Bool(value.AsBool, verb, _flags),
            GoKind.Int => _scalars.Integer(value.AsInt, isSigned: true, verb, _flags),
            GoKind.Byte => _scalars.Integer(value.AsInt, isSigned: false, verb, _flags),
            GoKind.Float => _floats.Float(value.AsFloat, verb, _flags),
            GoKind.Complex => _floats.Complex(value.AsComplex, verb, _flags),
            GoKind.Text => _scalars.Text(value.AsText, verb, _flags),
            GoKind.List => List(value.AsList, verb, depth),
            GoKind.Map => Map(value.AsMap, verb, depth),
            GoKind.Struct => Struct(value.AsStruct, verb, depth),
            _ => Nothing(),
        };
        if (!isDone)
            Bad(verb);
    }

    private bool Nothing()
    {
        output.Write(_flags.SharpV ? "interface {}(nil)" : Nil);
        return true;
    }

    /// <summary>A letter that does not go with the value: names both, and shows the value plainly.</summary>
    private void Bad(int verb)
    {
        _isReporting = true;
        output.Write($"%!{ByteText.EncodeRune(verb)}(");
        if (_argument.IsNothing)
        {
            output.Write(Nil);
        }
        else
        {
            output.Write($"{_argument.TypeName}=");
            Print(_argument, 'v');
        }

        output.Write(')');
        _isReporting = false;
    }

    private bool List(GoList list, int verb, int depth)
    {
        if (list.Type.IsBytes && verb is 's' or 'q' or 'x' or 'X')
            return _scalars.Text(ByteText.From(list.Bytes), verb, _flags);
        if (_flags.SharpV)
            output.Write(list.IsNil ? $"{list.Type.Name}(nil)" : list.Type.Name);
        if (_flags.SharpV && list.IsNil)
            return true;
        output.Write(_flags.SharpV ? '{' : '[');
        for (var index = 0; index < list.Count; index++)
        {
            Separate(index);
            if (list.Type.IsBytes)
                _scalars.Integer(list[index].AsInt, isSigned: false, verb is 'v' ? 'd' : verb, _flags);
            else
                Inner(list[index], verb, depth + 1);
        }

        output.Write(_flags.SharpV ? '}' : ']');
        return true;
    }

    private bool Map(GoMap map, int verb, int depth)
    {
        if (_flags.SharpV && map.IsNil)
        {
            output.Write($"{map.Type.Name}(nil)");
            return true;
        }

        output.Write(_flags.SharpV ? map.Type.Name + "{" : "map[");
        var index = 0;
        foreach (var key in map.Keys)
        {
            Separate(index++);
            Inner(GoValue.OfBytes(key), verb, depth + 1);
            output.Write(':');
            Inner(map[key], verb, depth + 1);
        }

        output.Write(_flags.SharpV ? '}' : ']');
        return true;
    }

    private bool Struct(GoStruct value, int verb, int depth)
    {
        if (value.Type.IsPointer && (depth > 0 || value.IsNil))
        {
            return Pointer(value.IsNil ? 0 : Address, verb);
        }

        output.Write(value.Type.IsPointer ? "&" : "");
        output.Write(_flags.SharpV ? value.Type.Name.TrimStart('*') + "{" : "{");
        for (var index = 0; index < value.Fields.Length; index++)
        {
            Separate(index);
            if ((_flags.PlusV || _flags.SharpV) && index < value.Type.Fields.Length)
                output.Write(value.Type.Fields[index].Name + ":");
            Inner(value.Fields[index], verb, depth + 1);
        }

        output.Write('}');
        return true;
    }

    private bool Pointer(long address, int verb)
    {
        if (verb is 'b' or 'o' or 'd' or 'x' or 'X')
            return _scalars.Integer(
                address, isSigned: false, verb, _flags with { Sharp = verb is 'x' or 'X' ? !_flags.Sharp : _flags.Sharp });
        if (verb != 'v')
            return false;
        if (address == 0)
            output.WritePadded(Nil, _flags, withZeros: true);
        else
            _scalars.Integer(address, isSigned: false, 'x', _flags with { Sharp = true });
        return true;
    }

    private void Separate(int index)
    {
        if (index > 0)
            output.Write(_flags.SharpV ? ", " : " ");
    }
}
