using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Calls;

/// <summary>
/// For templates that show some mark before a call and nothing else is known of (spec/http-apis.md 5.11): behind the mark the first
/// name of an offered tool, and the first whole JSON object. With the mark <c>{</c> or <c>[</c> an answer must begin with it.
/// </summary>
internal sealed class GenericFormat : ICallFormat, ICallGrammar
{
    private readonly string _tag;
    private readonly ImmutableArray<string> _closings;

    /// <param name="tag">The mark, as found in the template.</param>
    internal GenericFormat(string tag)
    {
        _tag = tag;
        var isBare = tag is "{" or "[" or "";
        Openings = isBare ? [] : [tag];
        BareOpenings = tag == "[" ? "[" : isBare ? "{" : "";

        // What stands in pointed or square brackets is usually closed with a slash.
        _closings = tag.Length > 2 && tag[0] is '<' or '[' ? [tag[..1] + "/" + tag[1..]] : [];
    }

    public ImmutableArray<string> Openings { get; }

    public string BareOpenings { get; }

    public SearchValues<char> Endings { get; } = SearchValues.Create("}]>");

    public string Opening => BareOpenings.Length > 0 ? "" : _tag;

    public string Rest(GrammarBuilder builder, CallableTools tools, bool several) =>
        new TaggedJsonFormat(Openings, _closings) { IsList = BareOpenings == "[", OtherArgumentsKey = "parameters" }.Rest(
            builder, tools, several);

    public CallReading Read(string text, bool ended, ToolSet tools)
    {
        var at = BareOpenings.Length > 0 ? 0 : _tag.Length;
        var calls = ImmutableArray.CreateBuilder<OutputPiece.Call>();
        while (true)
        {
            var brace = text.IndexOf('{', at);
            if (brace < 0)
                return CallReading.Incomplete;
            var state = JsonScan.Read(text, brace, out var value, out var end);
            if (state == CallState.Incomplete)
                return CallReading.Incomplete;
            if (state == CallState.NoCall
                || NameIn(text.AsSpan(at, end - at), tools) is not { } name
                || Arguments(value, name) is not { } arguments)
                return CallReading.NoCall;
            calls.Add(new OutputPiece.Call(name, arguments));

            // Lists and plain rows of objects hold more.
            var next = Tags.SkipBlanks(text, end);
            if (next < text.Length && text[next] == ',')
                next = Tags.SkipBlanks(text, next + 1);
            if (next == text.Length && !ended)
                return CallReading.Incomplete;
            if (next < text.Length && text[next] == '{')
            {
                at = next;
                continue;
            }

            if (next < text.Length && text[next] == ']')
                end = next + 1;
            return TaggedJsonFormat.Close(text, end, ended, _closings) is { } last
                ? CallReading.Called(last, calls.ToImmutable())
                : CallReading.Incomplete;
        }
    }

    /// <summary>The earliest name; of two at one place the longer.</summary>
    private static string? NameIn(ReadOnlySpan<char> text, ToolSet tools)
    {
        var names = tools.Names;
        return Tags.Find(text, names.AsSpan(), out var name) >= 0 ? name : null;
    }

    /// <summary>Arguments of the object that has a name, or of the member named like the tool; else the whole object.</summary>
    private static JsonElement? Arguments(JsonElement value, string name) =>
        Search(value, name, 0) is { } found ? CallObject.AsArguments(found) : value;

    private static JsonElement? Search(JsonElement value, string name, int depth)
    {
        if (depth > 16)
            return null;
        if (value.ValueKind == JsonValueKind.Array)
            return value.EnumerateArray().Select(item => Search(item, name, depth + 1)).FirstOrDefault(found => found is not null);
        if (value.ValueKind != JsonValueKind.Object)
            return null;
        if (value.TryGetProperty("name", out _))
        {
            if (value.TryGetProperty("arguments", out var arguments) || value.TryGetProperty("parameters", out arguments))
                return arguments;
        }

        if (value.TryGetProperty(name, out var member))
            return member;
        return value.EnumerateObject().Select(one => Search(one.Value, name, depth + 1)).FirstOrDefault(found => found is not null);
    }
}
