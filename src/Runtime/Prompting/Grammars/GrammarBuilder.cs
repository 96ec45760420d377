using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ModelOps.Runtime.Prompting.Grammars;

/// <summary>Collects the rules of one GBNF grammar.</summary>
internal sealed class GrammarBuilder
{
    /// <summary>A grammar longer than this is refused.</summary>
    internal const int MostCharacters = 512 * 1024;

    private readonly Dictionary<string, string> _rules = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private int _characters;

    /// <summary>Adds a rule, or finds the one of the same name and body.</summary>
    /// <returns>Its name.</returns>
    internal string AddRule(string wantedName, string body)
    {
        var name = Legal(wantedName);
        if (_rules.TryGetValue(name, out var known) && known == body)
            return name;
        name = Reserve(name);
        SetRule(name, body);
        return name;
    }

    /// <summary>Takes a free name for a rule whose body is set later: rules may speak of themselves.</summary>
    internal string Reserve(string wantedName)
    {
        var legal = Legal(wantedName);
        var name = legal;
        for (var number = 2; _rules.ContainsKey(name); number++)
            name = string.Create(CultureInfo.InvariantCulture, $"{legal}-{number}");
        _rules[name] = "";
        _order.Add(name);
        return name;
    }

    /// <summary>Sets the body of a reserved rule.</summary>
    internal void SetRule(string name, string body)
    {
        _characters += body.Length + name.Length - _rules[name].Length;
        if (_characters > MostCharacters)
            throw new GrammarException(0, 0, $"it would be longer than {MostCharacters} characters; use a smaller schema");
        _rules[name] = body;
    }

    /// <summary>Adds a rule for one JSON text that fits a schema (draft 2020-12).</summary>
    /// <exception cref="SchemaException">It cannot be expressed.</exception>
    internal string AddSchema(JsonElement schema, string wantedName) => new SchemaCompiler(this, schema).Compile(wantedName);

    /// <summary>Text as a literal of a grammar.</summary>
    internal static string Literal(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => literal.Append("\\\""),
                '\\' => literal.Append("\\\\"),
                '\n' => literal.Append("\\n"),
                '\r' => literal.Append("\\r"),
                '\t' => literal.Append("\\t"),
                < 0x20 or 0x7F => literal.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:X2}"),
                _ => literal.Append(rune.ToString()),
            };
        }

        return literal.Append('"').ToString();
    }

    /// <summary>The whole grammar.</summary>
    /// <param name="rootBody">Body of the rule <c>root</c>.</param>
    internal string Build(string rootBody)
    {
        var text = new StringBuilder("root ::= ").Append(rootBody).Append('\n');
        foreach (var name in _order)
            text.Append(name).Append(" ::= ").Append(_rules[name]).Append('\n');
        return text.ToString();
    }

    private static string Legal(string wanted)
    {
        var name = new string([.. wanted.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')]).Trim('-');
        name = name.Length == 0 ? "rule" : name.Length > 40 ? name[..40] : name;
        return name == "root" ? "root-rule" : name;
    }
}
