using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Calls;

/// <summary>
/// <c>call:name{key:value,…}</c> between marks, with bare keys and texts between quote marks of its own: FunctionGemma and Gemma 4.
/// </summary>
/// <param name="opening">Before the call.</param>
/// <param name="closing">Behind it.</param>
/// <param name="quote">Around a text.</param>
internal sealed class GemmaFormat(string opening, string closing, string quote) : ICallFormat, ICallGrammar
{
    private const string CallWord = "call:";
    private const int MostDepth = 64;
    private const int MostName = 256;
    private const string Hint = "cannot be enforced in this model's way of writing calls; use plain types, lists and objects of them";

    public ImmutableArray<string> Openings => [opening];

    public SearchValues<char> Endings { get; } = SearchValues.Create('}', closing[^1]);

    public string Opening => opening;

    public string Rest(GrammarBuilder builder, CallableTools tools, bool several)
    {
        var call = tools.Either(builder, tool =>
            $"{GrammarBuilder.Literal(CallWord + tool.Name + "{")} "
                + $"{CommaList.Of(builder, [.. tools.ArgumentsOf(tool).Select(argument => ($"{GrammarBuilder.Literal(argument.Name + ":")} {Value(builder, argument.Schema, $"/properties/{argument.Name}", 0)}", argument.IsRequired))])} {GrammarBuilder.Literal("}" + closing)}");
        return several ? $"{call} ({GrammarBuilder.Literal(opening)} {call})*" : call;
    }

    /// <summary>Its values are not JSON: the plain types, lists and objects of them can be said.</summary>
    private string Value(GrammarBuilder builder, JsonElement schema, string path, int depth)
    {
        var one = new CallableTools.Argument("value", schema, true);
        var mark = GrammarBuilder.Literal(quote);
        if (one.Choices is { } choices)
            return $"({string.Join(" | ", choices.Select(choice => GrammarBuilder.Literal(quote + choice + quote)))})";
        switch (one.Type)
        {
            case "string" when SchemaKeywords.OtherThan(schema, "type") is null:
                return $"{mark} {MarkRules.Through(builder, quote)}";
            case "integer" or "number" or "boolean" or "null":
                return builder.AddSchema(schema, "value");
            case "array" when depth < 8 && schema.TryGetProperty("items", out var items):
                var item = builder.AddRule("item", Value(builder, items, $"{path}/items", depth + 1));
                if (SchemaKeywords.OtherThan(schema, "type", "items", "minItems", "maxItems") is { } other)
                    throw new SchemaException(other, path, Hint);
                var (least, most) = (SchemaCompiler.Count(schema, "minItems", path) ?? 0, SchemaCompiler.Count(schema, "maxItems", path));
                if (most == 0)
                    return "\"[]\"";
                var row = $"{item} (\",\" {item}){{{Math.Max(least - 1, 0)},{most - 1}}}";
                return least == 0 ? $"\"[\" ({(most == 1 ? item : row)})? \"]\"" : $"\"[\" {(most == 1 ? item : row)} \"]\"";
            case "object" when depth < 8 && schema.TryGetProperty("properties", out _):
                return $"\"{{\" {CommaList.Of(builder, [.. CallableTools.PropertiesOf(schema).Select(property => ($"{GrammarBuilder.Literal(property.Name + ":")} {Value(builder, property.Schema, $"{path}/properties/{property.Name}", depth + 1)}", property.IsRequired))])} \"}}\"";
            default:
                throw new SchemaException("type", path, Hint);
        }
    }

    public CallReading Read(string text, bool ended, ToolSet tools)
    {
        var at = Tags.SkipBlanks(text, opening.Length);
        var begins = Tags.At(text, at, CallWord);
        if (begins != true)
            return begins is null ? CallReading.Incomplete : CallReading.NoCall;
        at += CallWord.Length;
        var brace = text.IndexOf('{', at);
        if ((brace < 0 ? text.Length : brace) - at > MostName)
            return CallReading.NoCall;
        if (brace < 0)
            return CallReading.Incomplete;
        var name = text[at..brace].Trim();
        if (!tools.Has(name))
            return CallReading.NoCall;
        at = brace;
        var state = ReadObject(text, ref at, 0, out var arguments);
        if (state != CallState.Called)
            return state == CallState.NoCall ? CallReading.NoCall : CallReading.Incomplete;
        if (TaggedJsonFormat.Close(text, at, ended, [closing]) is not { } end)
            return CallReading.Incomplete;
        return CallReading.Called(end, new OutputPiece.Call(name, CallObject.OfNode((JsonObject)arguments!)));
    }

    private CallState ReadObject(string text, ref int at, int depth, out JsonNode? value)
    {
        var members = new JsonObject();
        value = members;
        at++;
        while (true)
        {
            at = Tags.SkipBlanks(text, at);
            if (at == text.Length)
                return CallState.Incomplete;
            if (text[at] == '}')
            {
                at++;
                return CallState.Called;
            }

            var state = ReadKey(text, ref at, out var key);
            if (state != CallState.Called)
                return state;
            state = ReadValue(text, ref at, depth + 1, out var member);
            if (state != CallState.Called)
                return state;
            members[key] = member;
            SkipComma(text, ref at);
        }
    }

    private CallState ReadKey(string text, ref int at, out string key)
    {
        key = "";
        var isQuoted = Tags.At(text, at, quote);
        if (isQuoted is null)
            return CallState.Incomplete;
        if (isQuoted == true)
        {
            var state = ReadText(text, ref at, out var quoted);
            if (state != CallState.Called)
                return state;
            key = quoted;
        }

        var colon = text.IndexOf(':', at);
        if ((colon < 0 ? text.Length : colon) - at > MostName)
            return CallState.NoCall;
        if (colon < 0)
            return CallState.Incomplete;
        key = isQuoted == true ? key : text[at..colon].Trim().Trim('"');
        at = Tags.SkipBlanks(text, colon + 1);
        return key.Length > 0 && key.IndexOfAny(['{', '}', ',']) < 0 ? CallState.Called : CallState.NoCall;
    }

    private CallState ReadValue(string text, ref int at, int depth, out JsonNode? value)
    {
        value = null;
        if (at == text.Length)
            return CallState.Incomplete;
        if (depth > MostDepth)
            return CallState.NoCall;
        switch (Tags.At(text, at, quote))
        {
            case null:
                return CallState.Incomplete;
            case true:
                var state = ReadText(text, ref at, out var quoted);
                value = JsonValue.Create(quoted);
                return state;
            default:
                break;
        }

        if (text[at] == '{')
            return ReadObject(text, ref at, depth, out value);
        if (text[at] == '[')
            return ReadList(text, ref at, depth, out value);
        var end = text.IndexOfAny([',', '}', ']'], at);
        if (end < 0)
            return CallState.Incomplete;
        var bare = text[at..end].Trim();
        at = end;
        value = JsonScan.TryParse(bare, out var json)
            ? JsonNode.Parse(json.GetRawText(), documentOptions: JsonNesting.Document)
            : JsonValue.Create(bare);
        return bare.Length > 0 ? CallState.Called : CallState.NoCall;
    }

    private CallState ReadList(string text, ref int at, int depth, out JsonNode? value)
    {
        var items = new JsonArray();
        value = items;
        at++;
        while (true)
        {
            at = Tags.SkipBlanks(text, at);
            if (at == text.Length)
                return CallState.Incomplete;
            if (text[at] == ']')
            {
                at++;
                return CallState.Called;
            }

            var state = ReadValue(text, ref at, depth + 1, out var item);
            if (state != CallState.Called)
                return state;
            items.Add(item);
            SkipComma(text, ref at);
        }
    }

    private CallState ReadText(string text, ref int at, out string value)
    {
        value = "";
        var end = text.IndexOf(quote, at + quote.Length, StringComparison.Ordinal);
        if (end < 0)
            return CallState.Incomplete;
        value = text[(at + quote.Length)..end];
        at = end + quote.Length;
        return CallState.Called;
    }

    private static void SkipComma(string text, ref int at)
    {
        at = Tags.SkipBlanks(text, at);
        if (at < text.Length && text[at] == ',')
            at++;
    }
}
