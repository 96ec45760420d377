using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>Methods of <c>str</c>.</summary>
internal static class StringMethods
{
    private static readonly FrozenDictionary<string, Method> All = new Dictionary<string, Method>(StringComparer.Ordinal)
    {
        ["upper"] = Plain("upper", CodePoints.Upper),
        ["lower"] = Plain("lower", CodePoints.Lower),
        ["casefold"] = Plain("casefold", text => CodePoints.Lower(text).Replace("ß", "ss", StringComparison.Ordinal)),
        ["capitalize"] = Plain("capitalize", CodePoints.Capitalize),
        ["title"] = Plain("title", Title),
        ["swapcase"] = Plain("swapcase", SwapCase),
        ["strip"] = (_, target, arguments) => Strip(target, arguments, start: true, end: true),
        ["lstrip"] = (_, target, arguments) => Strip(target, arguments, start: true, end: false),
        ["rstrip"] = (_, target, arguments) => Strip(target, arguments, start: false, end: true),
        ["split"] = StringSplitting.Split,
        ["rsplit"] = StringSplitting.SplitFromEnd,
        ["splitlines"] = StringSplitting.Lines,
        ["partition"] = (_, target, arguments) => StringSplitting.Partition(target, arguments, fromEnd: false),
        ["rpartition"] = (_, target, arguments) => StringSplitting.Partition(target, arguments, fromEnd: true),
        ["replace"] = Replace,
        ["join"] = Join,
        ["startswith"] = (_, target, arguments) => HasAffix(target, arguments, atStart: true),
        ["endswith"] = (_, target, arguments) => HasAffix(target, arguments, atStart: false),
        ["removeprefix"] = (_, target, arguments) => Text(target) is var text
            && arguments.Bind("removeprefix", "prefix").Need(0) is var affix
            && text.StartsWith(Required(affix), StringComparison.Ordinal)
            ? text[Required(affix).Length..]
            : text,
        ["removesuffix"] = (_, target, arguments) => Text(target) is var text
            && arguments.Bind("removesuffix", "suffix").Need(0) is var affix
            && text.EndsWith(Required(affix), StringComparison.Ordinal)
            ? text[..^Required(affix).Length]
            : text,
        ["find"] = (_, target, arguments) => Numbers.Box(StringSearch.Find(Text(target), arguments, "find", fromEnd: false)),
        ["rfind"] = (_, target, arguments) => Numbers.Box(StringSearch.Find(Text(target), arguments, "rfind", fromEnd: true)),
        ["index"] = (_, target, arguments) => StringSearch.Index(Text(target), arguments, "index", fromEnd: false),
        ["rindex"] = (_, target, arguments) => StringSearch.Index(Text(target), arguments, "rindex", fromEnd: true),
        ["count"] = (_, target, arguments) => StringSearch.Count(Text(target), arguments),
        ["format"] = (state, target, arguments) => BraceFormat.Apply(state, Text(target), arguments),
        ["format_map"] = (state, target, arguments) => BraceFormat.Apply(
            state,
            Text(target),
            Arguments.None,
            arguments.Bind("format_map", "mapping").Need(0) as PyDict ?? throw PythonError.Type("format_map() argument must be a mapping")),
        ["center"] = (state, target, arguments) => Pad(state, target, arguments, "center"),
        ["ljust"] = (state, target, arguments) => Pad(state, target, arguments, "ljust"),
        ["rjust"] = (state, target, arguments) => Pad(state, target, arguments, "rjust"),
        ["zfill"] = ZeroFill,
        ["expandtabs"] = ExpandTabs,
        ["isspace"] = Each("isspace", rune => rune.IsBmp && CodePoints.IsSpace((char)rune.Value)),
        ["isalpha"] = Each("isalpha", Rune.IsLetter),
        ["isdigit"] = Each(
            "isdigit",
            rune => Rune.IsDigit(rune)
                || (Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherNumber
                    && Rune.GetNumericValue(rune) is >= 0 and <= 9 and var value
                    && value == Math.Floor(value)
                    && IsSuperscriptOrCircled(rune))),
        ["isdecimal"] = Each("isdecimal", Rune.IsDigit),
        ["isnumeric"] = Each("isnumeric", rune => Rune.IsNumber(rune) || Rune.GetNumericValue(rune) >= 0),
        ["isalnum"] = Each("isalnum", rune => Rune.IsLetter(rune) || Rune.IsNumber(rune)),
        ["isascii"] = Plain("isascii", text => Truth.Box(Ascii.IsValid(text))),
        ["isprintable"] = Plain("isprintable", text => Truth.Box(text.EnumerateRunes().All(CodePoints.IsPrintable))),
        ["isidentifier"] = Plain(
            "isidentifier",
            text => Truth.Box(
                text.Length > 0 && !char.IsDigit(text[0]) && text.All(character => char.IsLetterOrDigit(character) || character == '_'))),
        ["isupper"] = Plain("isupper", text => Truth.Box(IsUpper(text))),
        ["islower"] = Plain("islower", text => Truth.Box(IsLower(text))),
        ["istitle"] = Plain("istitle", text => Truth.Box(text.Any(char.IsLetter) && Title(text) == text)),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Method? Find(string name) => All.GetValueOrDefault(name);

    public static bool IsUpper(string text) => text.Any(char.IsUpper) && !text.Any(char.IsLower);

    public static bool IsLower(string text) => text.Any(char.IsLower) && !text.Any(char.IsUpper);

    /// <summary>Text put in the middle as <c>str.center</c> does.</summary>
    public static string Center(RenderState state, string text, long width, string fill)
    {
        var missing = width - CodePoints.Length(text);
        if (missing <= 0)
            return text;
        var left = (missing / 2) + (missing & width & 1);
        return Filled(state, text, left, missing - left, fill);
    }

    public static string Required(object? value) => value switch
    {
        string text => text,
        Markup markup => markup.Text,
        Undefined undefined => throw undefined.Error(),
        _ => throw PythonError.Type($"must be str, not {TypeNames.Of(value)}"),
    };

    public static string ReplaceText(RenderState state, string text, string old, string replacement, long count)
    {
        if (count == 0 || (old.Length == 0 && replacement.Length == 0))
            return text;
        var output = new StringBuilder();
        if (old.Length == 0)
        {
            foreach (var point in CodePoints.Each(text))
            {
                if (count-- != 0)
                    output.Append(replacement);
                else
                    count++;
                output.Append(point);
                state.Budget.Step();
                if (output.Length > state.Budget.MaximumCharacters)
                    throw PythonError.Limit("the output is too long");
            }

            return count != 0 ? output.Append(replacement).ToString() : output.ToString();
        }

        Budget.Searches(text, old);
        var start = 0;
        for (var found = text.IndexOf(old, StringComparison.Ordinal); found >= 0
            && count != 0; found = text.IndexOf(old, start, StringComparison.Ordinal))
        {
            output.Append(text, start, found - start).Append(replacement);
            start = found + old.Length;
            count--;
            if (output.Length > state.Budget.MaximumCharacters)
                throw PythonError.Limit("the output is too long");
        }

        if (start == 0)
            return text;
        output.Append(text, start, text.Length - start);
        state.Budget.Text(output.Length);
        return output.ToString();
    }

    private static bool IsSuperscriptOrCircled(Rune rune) =>
        rune.Value is 0xb2 or 0xb3 or 0xb9 or (>= 0x2070 and <= 0x2089) or (>= 0x2460 and <= 0x2468);

    private static Method Plain(string name, Func<string, object?> body) => (state, target, arguments) =>
    {
        arguments.Bind(name);
        var text = Text(target);
        state.Budget.Text(text.Length);
        return body(text);
    };

    private static Method Each(string name, Predicate<Rune> holds) =>
        Plain(name, text => Truth.Box(text.Length > 0 && text.EnumerateRunes().All(rune => holds(rune))));

    private static string Text(object target) => (string)target;

    private static string Title(string text)
    {
        var output = new StringBuilder(text.Length);
        var inWord = false;
        foreach (var point in CodePoints.Each(text))
        {
            output.Append(inWord ? CodePoints.Lower(point) : CodePoints.Upper(point));
            inWord = char.IsLetter(point, 0);
        }

        return output.ToString();
    }

    private static string SwapCase(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (var point in CodePoints.Each(text))
            output.Append(char.IsUpper(point, 0) ? CodePoints.Lower(point) : CodePoints.Upper(point));
        return output.ToString();
    }

    private static string Strip(object target, Arguments arguments, bool start, bool end)
    {
        var set = arguments.Bind("strip", "chars").Or(0, null);
        var text = Text(target);
        if (set is not null)
            return CodePoints.Strip(text, Required(set), start, end);
        if (start)
            text = CodePoints.StripStart(text);
        return end ? CodePoints.StripEnd(text) : text;
    }

    private static string Replace(RenderState state, object target, Arguments arguments)
    {
        var bound = arguments.Bind("replace", "old", "new", "count");
        return ReplaceText(state, Text(target), Required(bound.Need(0)), Required(bound.Need(1)), bound.Integer(2, -1));
    }

    private static string Join(RenderState state, object target, Arguments arguments)
    {
        var output = new StringBuilder();
        var first = true;
        foreach (var item in Iteration.ToList(state, arguments.Bind("join", "iterable").Need(0)))
        {
            if (!first)
                output.Append(Text(target));
            first = false;
            output.Append(
                item is Undefined or not (string or Markup)
                    ? throw PythonError.Type($"sequence item: expected str instance, {TypeNames.Of(item)} found")
                    : Required(item));
            if (output.Length > state.Budget.MaximumCharacters)
                throw PythonError.Limit("the output is too long");
        }

        state.Budget.Text(output.Length);
        return output.ToString();
    }

    private static object? HasAffix(object target, Arguments arguments, bool atStart)
    {
        var bound = arguments.Bind(atStart ? "startswith" : "endswith", "affix", "start", "end");
        var text = Text(target);
        if (bound.Has(1) || bound.Has(2))
        {
            var length = CodePoints.Length(text);
            var bounds = Bounds.Of(bound.Or(1, null), bound.Or(2, null), null, length);
            if (bounds.Start > length || (bound.Or(1, null) is { } start && Numbers.Index(start) > length))
                return Truth.Box(false);
            var from = CodePoints.Offset(text, bounds.Start);
            text = text[from..CodePoints.Offset(text, bounds.Start + bounds.Count)];
        }

        return Truth.Box(bound.Need(0) is PyTuple choices
            ? choices.Items.Exists(choice => Matches(text, choice, atStart))
            : Matches(text, bound.Need(0), atStart));
    }

    private static bool Matches(string text, object? affix, bool atStart)
    {
        Budget.Pays(1);
        Budget.Reads(affix);
        return atStart
            ? text.StartsWith(Required(affix), StringComparison.Ordinal)
            : text.EndsWith(Required(affix), StringComparison.Ordinal);
    }

    private static string Pad(RenderState state, object target, Arguments arguments, string name)
    {
        var bound = arguments.Bind(name, "width", "fillchar");
        var fill = Required(bound.Or(1, " "));
        if (CodePoints.Length(fill) != 1)
            throw PythonError.Type("The fill character must be exactly one character long");
        var text = Text(target);
        var width = Numbers.Index(bound.Need(0));
        var missing = Math.Max(0, width - CodePoints.Length(text));
        return name switch
        {
            "center" => Center(state, text, width, fill),
            "ljust" => Filled(state, text, 0, missing, fill),
            _ => Filled(state, text, missing, 0, fill),
        };
    }

    private static string Filled(RenderState state, string text, long left, long right, string fill)
    {
        if (left + right > state.Budget.MaximumCharacters)
            throw PythonError.Limit("the output is too long");
        state.Budget.Text(((left + right) * fill.Length) + text.Length);
        return new StringBuilder()
            .Insert(0, fill, (int)left)
            .Append(text)
            .Append(new StringBuilder().Insert(0, fill, (int)right))
            .ToString();
    }

    private static string ZeroFill(RenderState state, object target, Arguments arguments)
    {
        var text = Text(target);
        var missing = Math.Max(0, Numbers.Index(arguments.Bind("zfill", "width").Need(0)) - CodePoints.Length(text));
        var sign = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        return text[..sign] + Filled(state, text[sign..], missing, 0, "0");
    }

    private static string ExpandTabs(RenderState state, object target, Arguments arguments)
    {
        var size = arguments.Bind("expandtabs", "tabsize").Integer(0, 8);
        var output = new StringBuilder();
        var column = 0L;
        foreach (var point in CodePoints.Each(Text(target)))
        {
            if (point != "\t")
            {
                output.Append(point);
                column = point is "\n" or "\r" ? 0 : column + 1;
                continue;
            }

            var blanks = size > 0 ? size - (column % size) : 0;
            state.Budget.Text(output.Length + blanks);
            output.Append(' ', (int)blanks);
            column += blanks;
        }

        return output.ToString();
    }
}
