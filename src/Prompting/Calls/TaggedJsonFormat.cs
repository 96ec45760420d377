using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Calls;

/// <summary>
/// An opening mark, then one JSON object or a list of them, then perhaps a closing mark: Hermes and Qwen (<c>&lt;tool_call&gt;</c>),
/// Granite (<c>&lt;|tool_call|&gt;</c>), Command-R (<c>&lt;|START_ACTION|&gt;</c>), Firefunction (<c> functools</c>) and others.
/// </summary>
/// <param name="openings">Any of these opens.</param>
/// <param name="closings">One of these may follow; empty for none.</param>
/// <param name="separator">Between two objects that share a mark; empty when each has its own.</param>
internal sealed class TaggedJsonFormat(
    ImmutableArray<string> openings, ImmutableArray<string> closings, string separator = "") : ICallFormat, ICallGrammar
{
    /// <summary>Key of the tool's name.</summary>
    internal string NameKey { get; init; } = "name";

    /// <summary>Key of the arguments.</summary>
    internal string ArgumentsKey { get; init; } = "arguments";

    /// <summary>Another key of the arguments that is as good; empty for none.</summary>
    internal string OtherArgumentsKey { get; init; } = "";

    /// <summary>Members before the name, as the body of a rule.</summary>
    internal string Before { get; init; } = "";

    /// <summary>The calls are written as one list.</summary>
    internal bool IsList { get; init; }

    public string Opening => openings.IsEmpty ? "" : openings[0];

    public string Rest(GrammarBuilder builder, CallableTools tools, bool several)
    {
        var blanks = MarkRules.Blanks(builder);
        var json = new JsonRules(builder);
        var key = OtherArgumentsKey.Length > 0 ? $"({json.Key(ArgumentsKey)}| {json.Key(OtherArgumentsKey)}) " : json.Key(ArgumentsKey);
        var call = tools.Either(builder, tool =>
            $"\"{{\" {json.Blank} {Before}{json.Key(NameKey)}{GrammarBuilder.Literal(JsonRules.Quoted(tool.Name))} {json.Blank} "
                + $"\",\" {json.Blank} {key}{tools.Arguments(builder, tool)} {json.Blank} \"}}\"");
        var closing = closings.IsEmpty ? "" : $" {blanks} {GrammarBuilder.Literal(closings[0])}";
        if (IsList)
            return $"{blanks} \"[\" {blanks} {call}{(several ? $" ({blanks} \",\" {blanks} {call})*" : "")} {blanks} \"]\"{closing}";
        if (separator.Length > 0)
            return $"{blanks} {call}{(several ? $" ({blanks} {GrammarBuilder.Literal(separator)} {blanks} {call})*" : "")}{closing}";
        var more = several ? $" ({blanks} {(Opening.Length > 0 ? GrammarBuilder.Literal(Opening) : "")} {blanks} {call}{closing})*" : "";
        return $"{blanks} {call}{closing}{more}";
    }

    public ImmutableArray<string> Openings => openings;

    /// <summary>An answer that begins with this character is a call as well.</summary>
    public string BareOpenings { get; init; } = "";

    public SearchValues<char> Endings { get; } = SearchValues.Create(
        ['}', ']', .. closings.Where(text => text.Length > 0).Select(text => text[^1])]);

    public CallReading Read(string text, bool ended, ToolSet tools)
    {
        var at = SkipOpening(text);
        var calls = ImmutableArray.CreateBuilder<OutputPiece.Call>();
        while (true)
        {
            at = Tags.SkipBlanks(text, at);
            if (at == text.Length)
                return CallReading.Incomplete;
            if (text[at] is not ('{' or '['))
                return CallReading.NoCall;
            var state = JsonScan.Read(text, at, out var value, out at);
            if (state != CallState.Called)
                return state == CallState.NoCall ? CallReading.NoCall : CallReading.Incomplete;
            if (!TryAdd(value, tools, calls))
                return CallReading.NoCall;
            var next = separator.Length == 0 ? false : Tags.At(text, Tags.SkipBlanks(text, at), separator);
            if (next is null && !ended)
                return CallReading.Incomplete;
            if (next != true)
                break;
            at = Tags.SkipBlanks(text, at) + separator.Length;
        }

        return Close(text, at, ended, closings) is { } end ? CallReading.Called(end, calls.ToImmutable()) : CallReading.Incomplete;
    }

    /// <summary>Where a call ends that may be followed by a closing mark; null while that is not known.</summary>
    internal static int? Close(string text, int at, bool ended, ImmutableArray<string> closings)
    {
        if (closings.IsEmpty)
            return at;
        var next = Tags.SkipBlanks(text, at);
        var isOpen = false;
        foreach (var closing in closings)
        {
            var isThere = Tags.At(text, next, closing);
            if (isThere == true)
                return next + closing.Length;
            isOpen |= isThere is null;
        }

        // At the end a part of a mark, or nothing of it, is as good as the whole.
        return !isOpen ? at : ended ? text.Length : null;
    }

    private int SkipOpening(string text)
    {
        foreach (var opening in openings.OrderByDescending(opening => opening.Length))
        {
            if (text.StartsWith(opening, StringComparison.Ordinal))
                return opening.Length;
        }

        return 0;
    }

    private static bool TryAdd(JsonElement value, ToolSet tools, ImmutableArray<OutputPiece.Call>.Builder calls)
    {
        var objects = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : new[] { value };
        foreach (var one in objects)
        {
            if (CallObject.Of(one, tools) is not { } call)
                return false;
            calls.Add(call);
        }

        return calls.Count > 0;
    }
}
