using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Calls;

/// <summary>Marks of a format that writes a name, a separator and a JSON object.</summary>
/// <param name="Opens">Before the first call.</param>
/// <param name="Call">Before each call.</param>
/// <param name="Separators">Between the name and what surrounds it.</param>
/// <param name="CallEnd">Behind each call.</param>
/// <param name="Close">Behind the last call; may be empty.</param>
internal sealed record NamedJsonMarks(
    ImmutableArray<string> Opens, string Call, ImmutableArray<string> Separators, string CallEnd, string Close)
{
    /// <summary>Between the mark and the name, as the body of a rule.</summary>
    internal string Before { get; init; } = "";

    /// <summary>Between the name and its arguments, likewise.</summary>
    internal string Between { get; init; } = "";

    /// <summary>Behind the arguments, likewise.</summary>
    internal string After { get; init; } = "";
}

/// <summary>DeepSeek V3, R1 and V3.1, Kimi K2, Solar: the name stands before its arguments, between special tokens.</summary>
internal sealed class NamedJsonFormat(NamedJsonMarks marks) : ICallFormat, ICallGrammar
{
    /// <summary>Longest name with what surrounds it.</summary>
    private const int MostHeader = 512;

    public ImmutableArray<string> Openings { get; } = [.. marks.Opens, marks.Call];

    public SearchValues<char> Endings { get; } = SearchValues.Create('}', '>', '`');

    public string Opening => (marks.Opens.IsEmpty ? "" : marks.Opens[0]) + marks.Call;

    public string Rest(GrammarBuilder builder, CallableTools tools, bool several)
    {
        var call = tools.Either(
            builder,
            tool =>
                $"{marks.Before} {GrammarBuilder.Literal(tool.Name)} {marks.Between} {tools.Arguments(builder, tool)} {marks.After} "
                    + $"{GrammarBuilder.Literal(marks.CallEnd)}");
        var more = several ? $" ({MarkRules.Blanks(builder)} {GrammarBuilder.Literal(marks.Call)} {call})*" : "";
        return marks.Close.Length > 0 ? $"{call}{more} {GrammarBuilder.Literal(marks.Close)}" : call + more;
    }

    public CallReading Read(string text, bool ended, ToolSet tools)
    {
        var calls = ImmutableArray.CreateBuilder<OutputPiece.Call>();
        var open = marks.Opens.FirstOrDefault(mark => text.StartsWith(mark, StringComparison.Ordinal)) ?? "";
        var at = open.Length;
        while (true)
        {
            at = Tags.SkipBlanks(text, at);
            var begins = Tags.At(text, at, marks.Call);
            if (begins != true)
                return begins is null ? CallReading.Incomplete : CallReading.NoCall;
            var state = ReadCall(text, ref at, tools, calls);
            if (state != CallState.Called)
                return state == CallState.NoCall ? CallReading.NoCall : CallReading.Incomplete;
            var next = Tags.SkipBlanks(text, at);
            if (TaggedJsonFormat.Close(text, at, ended, [marks.CallEnd]) is not { } end)
                return CallReading.Incomplete;
            at = end;
            next = Tags.SkipBlanks(text, at);
            var more = Tags.At(text, next, marks.Call);
            if (more is null && !ended)
                return CallReading.Incomplete;
            if (more == true)
                continue;
            return TaggedJsonFormat.Close(text, at, ended, open.Length > 0 && marks.Close.Length > 0 ? [marks.Close] : []) is { } last
                ? CallReading.Called(last, calls.ToImmutable())
                : CallReading.Incomplete;
        }
    }

    private CallState ReadCall(string text, ref int at, ToolSet tools, ImmutableArray<OutputPiece.Call>.Builder calls)
    {
        at += marks.Call.Length;
        var brace = text.IndexOf('{', at);
        if ((brace < 0 ? text.Length : brace) - at > MostHeader)
            return CallState.NoCall;
        if (brace < 0)
            return CallState.Incomplete;
        var name = NameIn(text[at..brace]);
        if (!tools.Has(name))
            return CallState.NoCall;
        var state = JsonScan.Read(text, brace, out var arguments, out at);
        if (state != CallState.Called)
            return state;
        if (arguments.ValueKind != JsonValueKind.Object)
            return CallState.NoCall;

        // Some wrap the object in a fence.
        var next = Tags.SkipBlanks(text, at);
        if (text[..brace].EndsWith("```json\n", StringComparison.Ordinal))
        {
            if (Tags.At(text, next, "```") is null)
                return CallState.Incomplete;
            at = Tags.At(text, next, "```") == true ? next + 3 : at;
        }

        calls.Add(new OutputPiece.Call(name, arguments));
        return CallState.Called;
    }

    /// <summary>The last part of a header, without namespace and number: <c>functions.name:0</c> is <c>name</c>.</summary>
    private string NameIn(string header)
    {
        var parts = header.Replace("```json", "", StringComparison.Ordinal).Split(
            [.. marks.Separators], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
            return "";
        var name = parts[^1];
        name = name.StartsWith("functions.", StringComparison.Ordinal) ? name["functions.".Length..] : name;
        var number = name.LastIndexOf(':');
        return number > 0 && name[(number + 1)..].All(char.IsAsciiDigit) ? name[..number] : name;
    }
}
