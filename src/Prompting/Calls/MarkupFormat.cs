using System.Buffers;
using System.Collections.Immutable;
using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Calls;

/// <summary>
/// Calls in tags, values as bare text: Qwen3-coder (<c>&lt;function=name&gt;&lt;parameter=key&gt;</c>), MiniMax and DeepSeek 3.2
/// (<c>&lt;invoke name="…"&gt;</c>), GLM (<c>&lt;arg_key&gt;</c>).
/// </summary>
internal sealed class MarkupFormat(MarkupTags markup) : ICallFormat, ICallGrammar
{
    private const int MostName = 256;

    public ImmutableArray<string> Openings { get; } = markup.IsOpenOptional ? [markup.Open, markup.Call] : [markup.Open];

    public SearchValues<char> Endings { get; } = SearchValues.Create(">");

    public string Opening => markup.Open;

    public string Rest(GrammarBuilder builder, CallableTools tools, bool several)
    {
        var blanks = MarkRules.Blanks(builder);
        var call = tools.Either(builder, tool =>
        {
            var arguments = string.Concat(
                tools.ArgumentsOf(tool).Select(
                    argument => $" ({Argument(builder, tools.MustFit(tool), argument)} {blanks}){(argument.IsRequired ? "" : "?")}"));
            return $"{Mark(markup.Call)}{GrammarBuilder.Literal(tool.Name)} "
                + $"{(markup.NumbersCalls ? "\"\\\" index=\\\"\" [1-9] [0-9]? \"\\\"\" " : "")}{GrammarBuilder.Literal(markup.CallNameEnd)} {blanks}{arguments} {Mark(markup.CallEnd)}";
        });
        var more = several && markup.Call.Length > 0 ? $" ({blanks} {call})*" : "";
        var again = several
            ? $" ({blanks} {GrammarBuilder.Literal(markup.Open)} {blanks} {call}{more} {blanks} {Mark(markup.Close)})*"
            : "";
        return $"{blanks} {call}{more} {blanks} {Mark(markup.Close)}{again}";
    }

    /// <summary>Text goes up to the closing mark; everything else is JSON.</summary>
    private string Argument(GrammarBuilder builder, bool mustFit, CallableTools.Argument argument)
    {
        var line = markup.TrimsLines ? "\"\\n\"?" : "\"\"";
        var type = markup.TypesArguments ? $"\" type=\"{(argument.Type == "integer" ? "number" : argument.Type.Length > 0 ? argument.Type : "string")}\""
            : markup.TellsText ? $"\" string=\"{(argument.IsFreeText || argument.Choices is not null ? "true" : "false")}"
            : "";
        var begin = GrammarBuilder.Literal(markup.Argument + argument.Name + type + markup.ArgumentNameEnd);
        if (markup.ValueOpen.Length > 0)
            begin += $" {MarkRules.Blanks(builder)} {GrammarBuilder.Literal(markup.ValueOpen)}";
        if (argument.IsFreeText && mustFit && SchemaKeywords.OtherThan(argument.Schema, "type") is { } other)
            throw new SchemaException(
                other, argument.Path, "cannot be enforced in this model's way of writing calls, where text has no quotes; leave it out");
        if (argument.IsFreeText)
            return $"{begin} {MarkRules.Through(builder, markup.ArgumentEnd)}";
        var value = argument.Choices is { } choices
            ? $"({string.Join(" | ", choices.Select(GrammarBuilder.Literal))})"
            : argument.Rule(builder);
        return $"{begin} {line} {value} {line} {GrammarBuilder.Literal(markup.ArgumentEnd)}";
    }

    private static string Mark(string mark) => mark.Length > 0 ? GrammarBuilder.Literal(mark) + " " : "";

    public CallReading Read(string text, bool ended, ToolSet tools)
    {
        var hasOpen = text.StartsWith(markup.Open, StringComparison.Ordinal);
        var at = hasOpen ? markup.Open.Length : 0;
        var calls = ImmutableArray.CreateBuilder<OutputPiece.Call>();
        while (true)
        {
            var state = ReadCall(text, ref at, tools, calls);
            if (state != CallState.Called)
                return state == CallState.NoCall ? CallReading.NoCall : CallReading.Incomplete;
            if (!hasOpen)
                return CallReading.Called(at, calls.ToImmutable());

            // Another call or the end.
            var next = Tags.SkipBlanks(text, at);
            if (markup.Call.Length > 0 && Tags.At(text, next, markup.Call) is var more and not false)
            {
                if (more is null && !ended)
                    return CallReading.Incomplete;
                if (more == true)
                    continue;
            }

            return TaggedJsonFormat.Close(text, at, ended, markup.Close.Length > 0 ? [markup.Close] : []) is { } end
                ? CallReading.Called(end, calls.ToImmutable())
                : CallReading.Incomplete;
        }
    }

    private CallState ReadCall(string text, ref int at, ToolSet tools, ImmutableArray<OutputPiece.Call>.Builder calls)
    {
        at = Tags.SkipBlanks(text, at);
        var begins = Tags.At(text, at, markup.Call);
        if (begins != true)
            return begins is null ? CallState.Incomplete : CallState.NoCall;
        at += markup.Call.Length;
        var state = ReadName(text, ref at, markup.CallNameEnd, out var name);
        if (state != CallState.Called)
            return state;
        if (name.IndexOf('"', StringComparison.Ordinal) is >= 0 and var quote)
            name = name[..quote];
        if (!tools.Has(name))
            return CallState.NoCall;
        var arguments = new TypedText(name, tools);
        while (true)
        {
            at = Tags.SkipBlanks(text, at);
            var isArgument = Tags.At(text, at, markup.Argument);
            var isEnd = markup.CallEnd.Length == 0 ? false : Tags.At(text, at, markup.CallEnd);
            if (isArgument == true)
            {
                state = ReadArgument(text, ref at, arguments);
                if (state != CallState.Called)
                    return state;
                continue;
            }

            if (isEnd == true)
                at += markup.CallEnd.Length;
            else if (isArgument is null || isEnd is null || at == text.Length)
                return CallState.Incomplete;
            else if (markup.CallEnd.Length > 0 || Tags.At(text, at, markup.Close) is false)
                return CallState.NoCall;
            else if (Tags.At(text, at, markup.Close) is null)
                return CallState.Incomplete;
            calls.Add(new OutputPiece.Call(name, arguments.ToJson()));
            return CallState.Called;
        }
    }

    private static CallState ReadName(string text, ref int at, string nameEnd, out string name)
    {
        name = "";

        // A name without an end of its own ends at a line break or at the next tag.
        var end = nameEnd.Length > 0 ? text.IndexOf(nameEnd, at, StringComparison.Ordinal) : text.IndexOfAny(['\n', '<'], at);
        if ((end < 0 ? text.Length - nameEnd.Length : end) - at > MostName)
            return CallState.NoCall;
        if (end < 0)
            return CallState.Incomplete;
        name = text[at..end].Trim();
        at = end + nameEnd.Length;
        return name.Length > 0 ? CallState.Called : CallState.NoCall;
    }

    private CallState ReadArgument(string text, ref int at, TypedText arguments)
    {
        at += markup.Argument.Length;
        var state = ReadName(text, ref at, markup.ArgumentNameEnd, out var name);
        if (state != CallState.Called)
            return state;

        if (markup.ValueOpen.Length > 0)
        {
            at = Tags.SkipBlanks(text, at);
            var opens = Tags.At(text, at, markup.ValueOpen);
            if (opens != true)
                return opens is null ? CallState.Incomplete : CallState.NoCall;
            at += markup.ValueOpen.Length;
        }

        // What DeepSeek and Kimi write behind the name shows whether the value is text.
        var isText = name.EndsWith("\" string=\"true", StringComparison.Ordinal)
            || name.EndsWith("\" type=\"string\"", StringComparison.Ordinal);
        if (name.IndexOf('"', StringComparison.Ordinal) is >= 0 and var quote)
            name = name[..quote];
        var end = ValueEnd(text, at);
        if (end < 0)
            return CallState.Incomplete;
        var value = text[at..end];
        arguments.Add(name, markup.TrimsLines ? TrimLines(value) : value, isText);
        at = end + markup.ArgumentEnd.Length;
        return CallState.Called;
    }

    /// <summary>The end mark that is followed by what may follow one: the same text inside of a value is not.</summary>
    private int ValueEnd(string text, int at)
    {
        string[] followers = [.. new[] { markup.Argument, markup.CallEnd, markup.Close }.Where(mark => mark.Length > 0)];
        while (true)
        {
            var end = text.IndexOf(markup.ArgumentEnd, at, StringComparison.Ordinal);
            if (end < 0)
                return -1;
            var next = Tags.SkipBlanks(text, end + markup.ArgumentEnd.Length);
            var isOpen = next == text.Length;
            foreach (var follower in followers)
            {
                var isThere = Tags.At(text, next, follower);
                if (isThere == true)
                    return end;
                isOpen |= isThere is null;
            }

            if (isOpen)
                return -1;
            at = end + 1;
        }
    }

    private static string TrimLines(string value)
    {
        var start = value.StartsWith('\n') ? 1 : value.StartsWith("\r\n", StringComparison.Ordinal) ? 2 : 0;
        var end = value.EndsWith('\n') && value.Length > start ? value.Length - 1 : value.Length;
        return value[start..end];
    }
}
