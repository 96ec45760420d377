using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Calls;

/// <summary>MiniMax M3: every argument, member and item is a tag of its own name, and each tag stands behind a mark of its own.</summary>
internal sealed class NestedMarkupFormat : ICallFormat, ICallGrammar
{
    internal const string Mark = "]<]minimax[>[";
    private const string Open = Mark + "<tool_call>";
    internal const string Close = Mark + "</tool_call>";
    internal const string Invoke = Mark + "<invoke name=\"";
    internal const string InvokeEnd = Mark + "</invoke>";
    internal const string Item = "item";
    private const int MostDepth = 32;
    private const int MostName = 256;

    public ImmutableArray<string> Openings => [Open];

    public string Opening => Open;

    public string Rest(GrammarBuilder builder, CallableTools tools, bool several) => NestedMarkupRules.Rest(builder, tools, several);

    public SearchValues<char> Endings { get; } = SearchValues.Create(">");

    public CallReading Read(string text, bool ended, ToolSet tools)
    {
        var calls = ImmutableArray.CreateBuilder<OutputPiece.Call>();
        var at = Open.Length;
        while (true)
        {
            at = Tags.SkipBlanks(text, at);
            if (calls.Count > 0 && Tags.At(text, at, Invoke) is not true)
            {
                var isOpen = Tags.At(text, at, Invoke) is null || at == text.Length;
                return isOpen && !ended ? CallReading.Incomplete
                    : TaggedJsonFormat.Close(text, at, ended, [Close]) is { } end ? CallReading.Called(end, calls.ToImmutable())
                    : CallReading.Incomplete;
            }

            var state = ReadCall(text, ref at, tools, calls);
            if (state != CallState.Called)
                return state == CallState.NoCall ? CallReading.NoCall : CallReading.Incomplete;
        }
    }

    private static CallState ReadCall(string text, ref int at, ToolSet tools, ImmutableArray<OutputPiece.Call>.Builder calls)
    {
        var begins = Tags.At(text, at, Invoke);
        if (begins != true)
            return begins is null ? CallState.Incomplete : CallState.NoCall;
        at += Invoke.Length;
        var end = text.IndexOf("\">", at, StringComparison.Ordinal);
        if ((end < 0 ? text.Length - 2 : end) - at > MostName)
            return CallState.NoCall;
        if (end < 0)
            return CallState.Incomplete;
        var name = text[at..end];
        if (!tools.Has(name))
            return CallState.NoCall;
        at = end + 2;
        var arguments = new JsonObject();
        while (true)
        {
            at = Tags.SkipBlanks(text, at);
            var isEnd = Tags.At(text, at, InvokeEnd);
            if (isEnd == true)
                break;
            if (isEnd is null)
                return CallState.Incomplete;
            var state = ReadTag(text, ref at, 0, tools.ParametersOf(name), out var key, out var value);
            if (state != CallState.Called)
                return state;
            arguments[key] = value;
        }

        at += InvokeEnd.Length;
        calls.Add(new OutputPiece.Call(name, CallObject.OfNode(arguments)));
        return CallState.Called;
    }

    /// <summary>One tag with what is in it: text, or tags.</summary>
    /// <param name="text">The answer.</param>
    /// <param name="at">Where the tag begins; then behind it.</param>
    /// <param name="depth">How many tags are around it.</param>
    /// <param name="around">Schema of the object or list that it is in.</param>
    /// <param name="name">Its name.</param>
    /// <param name="value">What it holds.</param>
    private static CallState ReadTag(string text, ref int at, int depth, JsonElement around, out string name, out JsonNode? value)
    {
        (name, value) = ("", null);
        var begins = Tags.At(text, at, Mark + "<");
        if (begins != true || depth > MostDepth)
            return begins is null ? CallState.Incomplete : CallState.NoCall;
        var start = at + Mark.Length + 1;
        var end = text.IndexOf('>', start);
        if ((end < 0 ? text.Length : end) - start > MostName)
            return CallState.NoCall;
        if (end < 0)
            return CallState.Incomplete;
        name = text[start..end];
        if (name.Length == 0 || name[0] == '/')
            return CallState.NoCall;
        at = end + 1;
        var schema = SchemaOf(around, name);
        var closing = $"{Mark}</{name}>";
        var next = text.IndexOf(Mark, at, StringComparison.Ordinal);
        if (next < 0)
            return CallState.Incomplete;
        var closes = Tags.At(text, next, closing);
        if (closes is null)
            return CallState.Incomplete;
        if (closes == true)
        {
            var bare = text[at..next];
            at = next + closing.Length;
            value = bare.Length == 0 && IsObject(schema)
                ? new JsonObject()
                : !ToolSet.IsText(schema)
                    && JsonScan.TryParse(bare.Trim(), out var json) ? JsonNode.Parse(
                        json.GetRawText(), documentOptions: JsonNesting.Document)
                : JsonValue.Create(bare);
            return CallState.Called;
        }

        return ReadInside(text, ref at, depth, schema, closing, out value);
    }

    private static CallState ReadInside(string text, ref int at, int depth, JsonElement schema, string closing, out JsonNode? value)
    {
        value = null;
        var (members, items) = (new JsonObject(), new JsonArray());
        while (true)
        {
            at = Tags.SkipBlanks(text, at);
            var closes = Tags.At(text, at, closing);
            if (closes is null)
                return CallState.Incomplete;
            if (closes == true)
            {
                at += closing.Length;
                value = items.Count > 0 ? items : members;
                return CallState.Called;
            }

            var state = ReadTag(text, ref at, depth + 1, schema, out var name, out var inner);
            if (state != CallState.Called)
                return state;
            if (name == Item)
                items.Add(inner);
            else
                members[name] = inner;
        }
    }

    private static bool IsObject(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object
            && schema.TryGetProperty("type", out var type)
            && type.ValueKind == JsonValueKind.String
            && type.ValueEquals("object");

    /// <summary>What the schema of an object says of a member, or that of a list of its items; undefined when nothing.</summary>
    private static JsonElement SchemaOf(JsonElement around, string name)
    {
        if (around.ValueKind != JsonValueKind.Object)
            return default;
        if (around.TryGetProperty("properties", out var properties)
            && properties.ValueKind == JsonValueKind.Object
            && properties.TryGetProperty(name, out var member))
            return member;
        return name == Item && around.TryGetProperty("items", out var items) ? items : default;
    }
}
