using System.Globalization;
using System.Numerics;
using System.Text;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.Jinja.Values;

/// <summary>Python's <c>str()</c> and <c>repr()</c>.</summary>
internal static class Printing
{
    public static string Str(RenderState state, object? value) => value switch
    {
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        Markup markup => markup.Text,
        Undefined => "",
        null => "None",
        bool flag => flag ? "True" : "False",
        double number => Real(number),
        BigInteger number => number.ToString(CultureInfo.InvariantCulture),
        _ => Repr(state, value),
    };

    public static string Repr(RenderState state, object? value)
    {
        var output = new StringBuilder();
        Append(state.Budget, output, value);
        state.Budget.Text(output.Length);
        return output.ToString();
    }

    /// <summary>For error messages, which need no render.</summary>
    public static string ReprShort(object? value)
    {
        var output = new StringBuilder();
        Append(new Budget(new TemplateLimits(Steps: 1000, OutputCharacters: 10_000)), output, value);
        return output.ToString();
    }

    /// <summary>The shortest text that reads back as the same number, laid out as Python does.</summary>
    public static string Real(double number)
    {
        if (double.IsNaN(number))
            return "nan";
        if (double.IsInfinity(number))
            return number > 0 ? "inf" : "-inf";
        if (number == 0)
            return double.IsNegative(number) ? "-0.0" : "0.0";
        var (negative, digits, exponent) = Shortest(number);
        var sign = negative ? "-" : "";
        if (exponent is < -4 or >= 16)
        {
            var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
            return $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (exponent < 0)
            return sign + "0." + new string('0', -exponent - 1) + digits;
        return digits.Length <= exponent + 1
            ? sign + digits + new string('0', exponent + 1 - digits.Length) + ".0"
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>The shortest digits of a finite number other than zero, and the power of ten of the first.</summary>
    public static (bool Negative, string Digits, int Exponent) Shortest(double number)
    {
        var shortest = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        var mark = shortest.IndexOf('E', StringComparison.Ordinal);
        var digits = (mark < 0 ? shortest : shortest[..mark]).Replace(".", "", StringComparison.Ordinal).Trim('0');
        var exponent = mark < 0
            ? Magnitude(shortest)
            : int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return (number < 0, digits.Length == 0 ? "0" : digits, exponent);
    }

    public static void AppendQuoted(StringBuilder output, string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        output.Append(quote);
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            if (character == quote || character == '\\')
                output.Append('\\').Append(character);
            else if (character is >= ' ' and < '\u007f')
                output.Append(character);
            else
                index += AppendUnusual(output, text, index);
        }

        output.Append(quote);
    }

    private static int Magnitude(string plain)
    {
        var point = plain.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? plain : plain[..point];
        if (whole != "0")
            return whole.Length - 1;
        var zeros = point + 1;
        while (plain[zeros] == '0')
            zeros++;
        return point - zeros;
    }

    private static int AppendUnusual(StringBuilder output, string text, int index)
    {
        var character = text[index];
        if (character is '\n' or '\r' or '\t')
        {
            output.Append('\\').Append(character switch { '\n' => 'n', '\r' => 'r', _ => 't' });
            return 0;
        }

        if (!Rune.TryGetRuneAt(text, index, out var rune))
        {
            output.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            return 0;
        }

        if (CodePoints.IsPrintable(rune))
            output.Append(text, index, rune.Utf16SequenceLength);
        else if (rune.Value < 0x100)
            output.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        else if (rune.Value < 0x10000)
            output.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        else
            output.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
        return rune.Utf16SequenceLength - 1;
    }

    private static void Append(Budget budget, StringBuilder output, object? value)
    {
        Budget.EnsureStack();
        budget.Step();
        if (output.Length > budget.MaximumCharacters)
            throw PythonError.Limit("the output is too long");
        switch (value)
        {
            case null:
                output.Append("None");
                break;
            case bool flag:
                output.Append(flag ? "True" : "False");
                break;
            case string text:
                AppendQuoted(output, text);
                break;
            case double number:
                output.Append(Real(number));
                break;
            case long or BigInteger:
                output.Append(CultureInfo.InvariantCulture, $"{value}");
                break;
            case PyList list:
                AppendItems(budget, output, "[", list.Items, "]");
                break;
            case PyTuple tuple:
                AppendItems(budget, output, "(", tuple.Items, tuple.Items.Count == 1 ? ",)" : ")");
                break;
            case PyDict dict:
                AppendDict(budget, output, dict);
                break;
            case PyDictView view:
                AppendItems(budget, output.Append(view.TypeName), "([", view.Enumerate(), "])");
                break;
            case PyNamespace space:
                AppendDict(budget, output.Append("<Namespace "), space.Values);
                output.Append('>');
                break;
            case Markup markup:
                AppendQuoted(output.Append("Markup("), markup.Text);
                output.Append(')');
                break;
            case Undefined:
                output.Append("Undefined");
                break;
            default:
                output.Append(((PyObject)value).Describe());
                break;
        }
    }

    private static void AppendItems(Budget budget, StringBuilder output, string open, IEnumerable<object?> items, string close)
    {
        output.Append(open);
        var separator = "";
        foreach (var item in items)
        {
            output.Append(separator);
            Append(budget, output, item);
            separator = ", ";
        }

        output.Append(close);
    }

    private static void AppendDict(Budget budget, StringBuilder output, PyDict dict)
    {
        output.Append('{');
        var separator = "";
        foreach (var (key, value) in dict.Pairs)
        {
            output.Append(separator);
            Append(budget, output, key);
            output.Append(": ");
            Append(budget, output, value);
            separator = ", ";
        }

        output.Append('}');
    }
}
