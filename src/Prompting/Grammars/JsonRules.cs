using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ModelOps.Prompting.Grammars;

/// <summary>Rules for JSON itself (RFC 8259). Blanks are bounded, so that no model can fill its budget with them.</summary>
internal sealed class JsonRules(GrammarBuilder builder)
{
    /// <summary>Characters of a string, a lone half of a surrogate pair excepted.</summary>
    internal string Character => builder.AddRule(
        "char", """[^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" ([0-9a-cefA-CEF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2}))""");

    internal string Blank => builder.AddRule("ws", """| " " | "\n" [ \t]{0,20}""");

    internal string Text => builder.AddRule("string", $"\"\\\"\" {Character}* \"\\\"\"");

    internal string Integer => builder.AddRule("integer", "\"-\"? (\"0\" | [1-9] [0-9]{0,15})");

    internal string Number => builder.AddRule("number", "\"-\"? (\"0\" | [1-9] [0-9]{0,15}) (\".\" [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?");

    /// <summary>Any value at all.</summary>
    internal string Any => Define("json-value");

    /// <summary>Any object.</summary>
    internal string Object => Define("json-object");

    /// <summary>The key of a member, with its colon.</summary>
    internal string Key(string name) => $"{GrammarBuilder.Literal(Quoted(name))} \":\" {Blank} ";

    /// <summary>The rules that refer to one another. No other rule of a grammar may take their names.</summary>
    private string Define(string wanted)
    {
        var member = Exact("json-member", $"{Text} \":\" {Blank} json-value");
        Exact("json-object", $"\"{{\" {Blank} ({member} (\",\" {Blank} {member})*)? {Blank} \"}}\"");
        Exact("json-array", $"\"[\" {Blank} (json-value (\",\" {Blank} json-value)*)? {Blank} \"]\"");
        Exact("json-value", $"json-object | json-array | {Text} | {Number} | \"true\" | \"false\" | \"null\"");
        return wanted;
    }

    private string Exact(string name, string body) =>
        builder.AddRule(name, body) == name ? name : throw new InvalidOperationException($"The rule {name} is taken.");

    /// <summary>One value, letter by letter.</summary>
    internal static string Exactly(JsonElement value) => GrammarBuilder.Literal(Compact(value));

    /// <summary>Text as JSON, with only the escapes that must be.</summary>
    internal static string Quoted(string text) =>
        "\"" + JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString() + "\"";

    /// <summary>A character as JSON writes it.</summary>
    internal static string Letter(Rune rune) => GrammarBuilder.Literal(Quoted(rune.ToString())[1..^1]);

    /// <summary>A character inside of a class of a grammar.</summary>
    internal static string InClass(Rune rune) => rune.Value switch
    {
        '[' or ']' or '^' or '-' or '\\' or '"' or < 0x20 or 0x7F => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:X2}"),
        < 0x7F => rune.ToString(),
        <= 0xFFFF => string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"),
    };

    private static string Compact(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object =>
            "{" + string.Join(", ", value.EnumerateObject().Select(member => $"{Quoted(member.Name)}: {Compact(member.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(", ", value.EnumerateArray().Select(Compact)) + "]",
        JsonValueKind.String => Quoted(value.GetString()!),
        _ => value.GetRawText(),
    };
}
