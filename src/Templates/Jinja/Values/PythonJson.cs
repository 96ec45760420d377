using System.Globalization;
using System.Numerics;
using System.Text;

namespace ModelOps.Templates.Jinja.Values;

/// <summary>How <c>json.dumps</c> writes.</summary>
/// <param name="AsciiOnly">Everything else as <c>\u</c> escapes.</param>
/// <param name="Indent">Text of one level; null keeps all on one line.</param>
/// <param name="ItemSeparator">Between items.</param>
/// <param name="KeySeparator">Between a key and its value.</param>
/// <param name="SortKeys">Whether keys are sorted.</param>
internal sealed record JsonStyle(bool AsciiOnly, string? Indent, string ItemSeparator, string KeySeparator, bool SortKeys);

/// <summary>Python's <c>json.dumps</c>.</summary>
internal sealed class PythonJson(RenderState state, JsonStyle style)
{
    private readonly StringBuilder _output = new();

    public static string Write(RenderState state, object? value, JsonStyle style)
    {
        var writer = new PythonJson(state, style);
        writer.Append(value, 0);
        state.Budget.Text(writer._output.Length);
        return writer._output.ToString();
    }

    private void Append(object? value, int level)
    {
        Budget.EnsureStack();
        state.Budget.Step();
        if (_output.Length > state.Budget.MaximumCharacters)
            throw PythonError.Limit("the output is too long");
        switch (value)
        {
            case string text:
                AppendText(text);
                break;
            case Markup markup:
                AppendText(markup.Text);
                break;
            case PySequence sequence:
                AppendList(sequence, level);
                break;
            case PyDict dict:
                AppendDict(dict, level);
                break;
            case null or bool or long or BigInteger or double:
                _output.Append(Scalar(value));
                break;
            default:
                throw PythonError.Type($"Object of type {TypeNames.Of(value)} is not JSON serializable");
        }
    }

    private static string Scalar(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        double.NaN => "NaN",
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        double number => Printing.Real(number),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private void AppendList(PySequence sequence, int level)
    {
        if (sequence.Items.Count == 0)
        {
            _output.Append("[]");
            return;
        }

        _output.Append('[');
        for (var index = 0; index < sequence.Items.Count; index++)
        {
            if (index > 0)
                _output.Append(style.ItemSeparator);
            AppendBreak(level + 1);
            Append(sequence.Items[index], level + 1);
        }

        AppendBreak(level);
        _output.Append(']');
    }

    private void AppendDict(PyDict dict, int level)
    {
        if (dict.Count == 0)
        {
            _output.Append("{}");
            return;
        }

        var pairs = style.SortKeys
            ? Sorting.Sorted(
                state,
                dict.Pairs.Select(pair => (object?)PyTuple.Of(pair.Key, pair.Value)),
                pair => ((PyTuple)pair!).Items[0],
                reverse: false)
                .Select(pair => new KeyValuePair<object?, object?>(((PyTuple)pair!).Items[0], ((PyTuple)pair).Items[1]))
            : dict.Pairs;
        _output.Append('{');
        var first = true;
        foreach (var (key, value) in pairs)
        {
            if (!first)
                _output.Append(style.ItemSeparator);
            first = false;
            AppendBreak(level + 1);
            AppendText(key switch
            {
                string text => text,
                Markup markup => markup.Text,
                null or bool or long or BigInteger or double => Scalar(key),
                _ => throw PythonError.Type($"keys must be str, int, float, bool or None, not {TypeNames.Of(key)}"),
            });
            _output.Append(style.KeySeparator);
            Append(value, level + 1);
        }

        AppendBreak(level);
        _output.Append('}');
    }

    private void AppendBreak(int level)
    {
        if (style.Indent is not { } indent)
            return;
        state.Budget.Text((long)indent.Length * level);
        _output.Append('\n');
        for (var round = 0; round < level; round++)
            _output.Append(indent);
    }

    private void AppendText(string text)
    {
        _output.Append('"');
        var copied = 0;
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            if (character is >= ' ' and not ('"' or '\\') && (character < '\u007f' || !style.AsciiOnly))
                continue;
            _output.Append(text, copied, index - copied);
            copied = index + 1;
            AppendEscape(character);
        }

        _output.Append(text, copied, text.Length - copied).Append('"');
    }

    private void AppendEscape(char character)
    {
        var letter = character switch
        {
            '"' => '"',
            '\\' => '\\',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\f' => 'f',
            '\b' => 'b',
            _ => '\0',
        };
        if (letter != '\0')
            _output.Append('\\').Append(letter);
        else
            _output.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
    }
}
