using System.Globalization;
using System.Text;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>Filters on text.</summary>
internal static class TextFilters
{
    public static Dictionary<string, FilterBody> All { get; } = new(StringComparer.Ordinal)
    {
        ["upper"] = Method("upper"),
        ["lower"] = Method("lower"),
        ["capitalize"] = Method("capitalize"),
        ["trim"] = Method("strip"),
        ["title"] = Plain("title", (_, text) => Title(text)),
        ["center"] = (state, value, arguments) => Same(
            value, StringMethods.Center(state, Printing.Str(state, value), arguments.Bind("center", "width").Integer(0, 80), " ")),
        ["replace"] = Replace,
        ["indent"] = Indent,
        ["format"] = Format,
        ["truncate"] = Truncate,
        ["wordcount"] = Plain("wordcount", (_, text) => Numbers.Box((long)Words(text))),
        ["wordwrap"] = WordWrap.Apply,
        ["striptags"] = Plain("striptags", (_, text) => StripTags(text)),
        ["urlencode"] = UrlEncode,
        ["xmlattr"] = XmlAttributes,
    };

    private static FilterBody Plain(string name, Func<RenderState, string, object?> body) => (state, value, arguments) =>
    {
        arguments.Bind(name);
        var text = Printing.Str(state, value);
        state.Budget.Text(text.Length);
        return body(state, text) is string result ? Same(value, result) : body(state, text);
    };

    private static FilterBody Method(string name)
    {
        var method = StringMethods.Find(name)!;
        return (state, value, arguments) => Same(value, (string)method(state, Printing.Str(state, value), arguments)!);
    }

    /// <summary>Text made of safe text stays safe.</summary>
    private static object Same(object? source, string text) => source is Markup ? new Markup(text) : text;

    /// <summary>Words begin after white space, a hyphen or an opening bracket.</summary>
    private static string Title(string text)
    {
        var output = new StringBuilder(text.Length);
        var begins = true;
        foreach (var point in CodePoints.Each(text))
        {
            var splits = point is "-" or "(" or "{" or "[" or "<" || (point.Length == 1 && CodePoints.IsSpace(point[0]));
            output.Append(splits ? point : begins ? CodePoints.Upper(point) : CodePoints.Lower(point));
            begins = splits;
        }

        return output.ToString();
    }

    private static object? Replace(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("replace", "old", "new", "count");
        var count = bound.OptionalInteger(2) ?? -1;
        return StringMethods.ReplaceText(
            state, Printing.Str(state, value), Printing.Str(state, bound.Need(0)), Printing.Str(state, bound.Need(1)), count);
    }

    private static object? Indent(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("indent", "width", "first", "blank");
        var width = bound.Or(0, Numbers.Box(4));
        var indent = width is string own ? own : Spaces(state, Numbers.Index(width));
        var lines = CodePoints.Lines(StringMethods.Required(value) + "\n");
        var blank = bound.Flag(2, fallback: false);
        var output = new StringBuilder();
        for (var index = 0; index < lines.Count; index++)
        {
            if (index > 0)
                output.Append('\n');
            if (index > 0 && (blank || lines[index].Length > 0))
                output.Append(indent);
            output.Append(lines[index]);
            if (output.Length > state.Budget.MaximumCharacters)
                throw PythonError.Limit("the output is too long");
        }

        if (bound.Flag(1, fallback: false))
            output.Insert(0, indent);
        state.Budget.Text(output.Length);
        return Same(value, output.ToString());
    }

    private static string Spaces(RenderState state, long width)
    {
        state.Budget.Text(width);
        return new string(' ', (int)Math.Max(0, width));
    }

    private static object? Format(RenderState state, object? value, Arguments arguments)
    {
        if (arguments.Positional.Length > 0 && arguments.Named.Length > 0)
            throw new PythonError("FilterArgumentError: can't handle positional and keyword arguments at the same time");
        if (arguments.Named.Length == 0)
            return Arithmetic.Modulo(state, value is Markup ? value : Printing.Str(state, value), new PyTuple([.. arguments.Positional]));
        var names = new PyDict();
        foreach (var (name, item) in arguments.Named)
            names[name] = item;
        return Arithmetic.Modulo(state, value is Markup ? value : Printing.Str(state, value), names);
    }

    private static object? Truncate(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("truncate", "length", "killwords", "end", "leeway");
        var text = StringMethods.Required(value);
        var length = bound.Integer(0, 255);
        var end = StringMethods.Required(bound.Or(2, "..."));
        var leeway = bound.OptionalInteger(3) ?? 5;
        var endLength = CodePoints.Length(end);
        if (length < endLength)
            throw new PythonError($"AssertionError: expected length >= {endLength}, got {length}");
        if (leeway < 0)
            throw new PythonError($"AssertionError: expected leeway >= 0, got {leeway}");
        if (CodePoints.Length(text) <= length + leeway)
            return value;
        var cut = text[..CodePoints.Offset(text, length - endLength)];
        if (!bound.Flag(1, fallback: false) && cut.LastIndexOf(' ') is >= 0 and var space)
            cut = cut[..space];
        return Same(value, cut + end);
    }

    private static int Words(string text)
    {
        var words = 0;
        var inWord = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var isPart = Rune.IsLetterOrDigit(rune) || rune.Value == '_' || Rune.IsNumber(rune);
            if (isPart && !inWord)
                words++;
            inWord = isPart;
        }

        return words;
    }

    private static string StripTags(string text)
    {
        text = Without(Without(text, "<!--", "-->"), "<", ">");
        var joined = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return joined.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&#34;", "\"", StringComparison.Ordinal).Replace("&#39;", "'", StringComparison.Ordinal)
            .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);
    }

    private static string Without(string text, string open, string close)
    {
        var output = new StringBuilder(text.Length);
        var index = 0;
        while (true)
        {
            var start = text.IndexOf(open, index, StringComparison.Ordinal);
            var end = start < 0 ? -1 : text.IndexOf(close, start, StringComparison.Ordinal);
            if (end < 0)
                return output.Append(text, index, text.Length - index).ToString();
            output.Append(text, index, start - index);
            index = end + close.Length;
        }
    }

    private static object? UrlEncode(RenderState state, object? value, Arguments arguments)
    {
        arguments.Bind("urlencode");
        if (value is string or Markup || !Iteration.IsIterable(value))
            return Quoted(Printing.Str(state, value), "/");
        var pairs = value is PyDict dict ? new PyDictView(dict, "items") : value;
        var parts = Iteration.ToList(state, pairs).Select(pair => Iteration.ToList(state, pair)).Select(pair => pair is [var key, var item]
            ? Quoted(Printing.Str(state, key), "").Replace("%20", "+", StringComparison.Ordinal)
                + "="
                + Quoted(Printing.Str(state, item), "").Replace("%20", "+", StringComparison.Ordinal)
            : throw PythonError.Value("not a pair"));
        return string.Join('&', parts);
    }

    private static string Quoted(string text, string kept)
    {
        var output = new StringBuilder(text.Length);
        foreach (var unit in Encoding.UTF8.GetBytes(text))
        {
            var character = (char)unit;
            if (char.IsAsciiLetterOrDigit(character)
                || "_.-~".Contains(character, StringComparison.Ordinal)
                || kept.Contains(character, StringComparison.Ordinal))
                output.Append(character);
            else
                output.Append(CultureInfo.InvariantCulture, $"%{unit:X2}");
        }

        return output.ToString();
    }

    private static object? XmlAttributes(RenderState state, object? value, Arguments arguments)
    {
        var spaced = arguments.Bind("xmlattr", "autospace").Flag(0, fallback: true);
        if (value is not PyDict dict)
            throw PythonError.Type("xmlattr needs a mapping");
        var parts = new List<string>();
        foreach (var (key, item) in dict.Pairs)
        {
            if (item is null or Undefined)
                continue;
            var name = Printing.Str(state, key);
            if (name.Any(character => CodePoints.IsSpace(character) || character is '/' or '>' or '='))
                throw PythonError.Value($"Invalid character in attribute name: {Printing.ReprShort(name)}");
            parts.Add($"{Html.Of(state, key)}=\"{Html.Of(state, item)}\"");
        }

        var text = string.Join(' ', parts);
        return state.AsText(spaced && text.Length > 0 ? " " + text : text);
    }
}
