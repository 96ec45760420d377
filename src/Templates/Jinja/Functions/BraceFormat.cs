using System.Globalization;
using System.Text;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>Python's <c>str.format</c>, with the sandbox's rules for attributes.</summary>
internal sealed class BraceFormat(RenderState state, Arguments arguments, PyDict? mapping)
{
    private int _automatic;
    private bool _numbered;

    public static string Apply(RenderState state, string format, Arguments arguments, PyDict? mapping = null) =>
        new BraceFormat(state, arguments, mapping).Expand(format, 2);

    private string Expand(string format, int depth)
    {
        if (depth < 0)
            throw PythonError.Value("Max string recursion exceeded");
        var output = new StringBuilder();
        for (var index = 0; index < format.Length; index++)
        {
            var character = format[index];
            if (character is not ('{' or '}'))
            {
                output.Append(character);
                continue;
            }

            if (index + 1 < format.Length && format[index + 1] == character)
            {
                output.Append(character);
                index++;
                continue;
            }

            if (character == '}')
                throw PythonError.Value("Single '}' encountered in format string");
            var end = EndOfField(format, index + 1);
            output.Append(Field(format[(index + 1)..end], depth));
            index = end;
            state.Budget.Text(output.Length);
        }

        return output.ToString();
    }

    private static int EndOfField(string format, int start)
    {
        var depth = 1;
        var bracket = false;
        for (var index = start; index < format.Length; index++)
        {
            switch (format[index])
            {
                case '[' when depth == 1:
                    bracket = true;
                    break;
                case ']':
                    bracket = false;
                    break;
                case '{' when !bracket:
                    depth++;
                    break;
                case '}' when !bracket && --depth == 0:
                    return index;
                default:
                    break;
            }
        }

        throw PythonError.Value(start == format.Length ? "Single '{' encountered in format string" : "expected '}' before end of string");
    }

    private string Field(string field, int depth)
    {
        var bracket = 0;
        var split = 0;
        while (split < field.Length && (bracket > 0 || field[split] is not ('!' or ':')))
        {
            bracket = field[split] switch { '[' => 1, ']' => 0, _ => bracket };
            split++;
        }

        var value = Lookup(field[..split]);
        var rest = field[split..];
        if (rest.StartsWith('!'))
        {
            if (rest.Length < 2 || (rest.Length > 2 && rest[2] != ':'))
                throw PythonError.Value("expected ':' after conversion specifier");
            value = rest[1] switch
            {
                's' => Printing.Str(state, value),
                'r' or 'a' => Printing.Repr(state, value),
                _ => throw PythonError.Value($"Unknown conversion specifier '{rest[1]}'"),
            };
            rest = rest[2..];
        }

        var spec = rest.Length > 1 ? Expand(rest[1..], depth - 1) : "";
        return spec.Length == 0 ? Printing.Str(state, value) : FormatSpec.Parse(spec).Apply(state, value is Undefined ? "" : value);
    }

    private object? Lookup(string path)
    {
        var end = path.AsSpan().IndexOfAny(".[");
        var name = end < 0 ? path : path[..end];
        var value = First(name);
        for (var index = end; index >= 0 && index < path.Length;)
        {
            if (path[index] == '.')
            {
                var stop = path.AsSpan(index + 1).IndexOfAny(".[");
                var attribute = stop < 0 ? path[(index + 1)..] : path.Substring(index + 1, stop);
                value = Members.Attribute(value, attribute);
                index += attribute.Length + 1;
            }
            else if (path[index] == '[' && path.IndexOf(']', index) is var close and > 0)
            {
                var key = path[(index + 1)..close];
                value = Members.Item(
                    state, value, long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : key);
                index = close + 1;
            }
            else
            {
                throw PythonError.Value("Only '.' or '[' may follow ']' in format field specifier");
            }
        }

        return value;
    }

    private object? First(string name)
    {
        if (name.Length == 0)
        {
            if (_numbered)
                throw PythonError.Value("cannot switch from manual field specification to automatic field numbering");
            return Positional(_automatic++);
        }

        if (name.All(char.IsAsciiDigit) && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            if (_automatic > 0)
                throw PythonError.Value("cannot switch from automatic field numbering to manual field specification");
            _numbered = true;
            return Positional(index);
        }

        if (mapping is not null && mapping.TryGet(name, out var mapped))
            return mapped;
        foreach (var (key, value) in arguments.Named)
        {
            if (key == name)
                return value;
        }

        throw new PythonError($"KeyError: '{name}'");
    }

    private object? Positional(int index) => index < arguments.Positional.Length
        ? arguments.Positional[index]
        : throw new PythonError("IndexError: Replacement index out of range for positional args tuple");
}
