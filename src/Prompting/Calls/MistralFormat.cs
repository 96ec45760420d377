using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Calls;

/// <summary>
/// Mistral: <c>[TOOL_CALLS]</c> and a JSON list, or, since the tokenizers of 2025, <c>[TOOL_CALLS]name[ARGS]{…}</c> for each call
/// (with <c>[CALL_ID]…</c> behind the name in some).
/// </summary>
/// <param name="isList">Calls are enforced in the older way.</param>
internal sealed class MistralFormat(bool isList) : ICallFormat, ICallGrammar
{
    private const string Mark = "[TOOL_CALLS]";
    private const string CallId = "[CALL_ID]";
    private const string Arguments = "[ARGS]";
    private const int MostName = 256;

    private readonly TaggedJsonFormat _list = new([Mark], []) { IsList = true };

    public ImmutableArray<string> Openings => [Mark];

    public SearchValues<char> Endings { get; } = SearchValues.Create("]}");

    public string Opening => Mark;

    public string Rest(GrammarBuilder builder, CallableTools tools, bool several)
    {
        if (isList)
            return _list.Rest(builder, tools, several);
        var call = tools.Either(builder, tool => $"{GrammarBuilder.Literal(tool.Name + Arguments)} {tools.Arguments(builder, tool)}");
        return several ? $"{call} ({GrammarBuilder.Literal(Mark)} {call})*" : call;
    }

    public CallReading Read(string text, bool ended, ToolSet tools)
    {
        var at = Tags.SkipBlanks(text, Mark.Length);
        if (at == text.Length)
            return CallReading.Incomplete;
        if (text[at] is '[' or '{')
            return _list.Read(text, ended, tools);

        var end = text.AsSpan(at).IndexOfAny('{', '[');
        if ((end < 0 ? text.Length - at : end) > MostName)
            return CallReading.NoCall;
        if (end < 0)
            return CallReading.Incomplete;
        var name = text[at..(at + end)].Trim();
        at += end;
        if (Tags.At(text, at, CallId) is var hasId and not false)
        {
            var next = hasId is null ? -1 : text.IndexOfAny(['{', '['], at + CallId.Length);
            if (next < 0)
                return CallReading.Incomplete;
            at = next;
        }

        switch (Tags.At(text, at, Arguments))
        {
            case null:
                return CallReading.Incomplete;
            case true:
                at = Tags.SkipBlanks(text, at + Arguments.Length);
                break;
            default:
                break;
        }

        if (at == text.Length)
            return CallReading.Incomplete;
        if (text[at] != '{' || !tools.Has(name))
            return CallReading.NoCall;
        return JsonScan.Read(text, at, out var value, out at) switch
        {
            CallState.Incomplete => CallReading.Incomplete,
            CallState.Called when value.ValueKind == JsonValueKind.Object => CallReading.Called(at, new OutputPiece.Call(name, value)),
            _ => CallReading.NoCall,
        };
    }
}
