using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ModelOps.Prompting.Grammars;

/// <summary>Collects the rules of one GBNF grammar.</summary>
internal sealed class GrammarBuilder
{
    /// <summary>A grammar longer than this is refused.</summary>
    internal const int MostCharacters = 512 * 1024;

    private readonly Dictionary<string, string> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Wanted, string Body), string> _known = [];
    private readonly List<string> _order = [];
    private int _characters;

    /// <summary>Adds a rule, or finds the one of the same name and body.</summary>
    /// <returns>Its name.</returns>
    internal string AddRule(string wantedName, string body)
    {
        var name = Legal(wantedName);
        if (_known.TryGetValue((name, body), out var known))
            return known;
        var free = Reserve(name);
        SetRule(free, body);
        return _known[(name, body)] = free;
    }

    /// <summary>Takes a free name for a rule whose body is set later: rules may refer to themselves.</summary>
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

    /// <summary>The same for a part of a larger schema, which references lead into.</summary>
    /// <param name="part">The part.</param>
    /// <param name="wantedName">Name of the rule, if it is free.</param>
    /// <param name="root">The whole; undefined for none.</param>
    /// <param name="path">Where the part stands in it.</param>
    /// <exception cref="SchemaException">It cannot be expressed.</exception>
    internal string AddSchema(JsonElement part, string wantedName, JsonElement root, string path) =>
        root.ValueKind == JsonValueKind.Undefined
            ? AddSchema(part, wantedName)
            : new SchemaCompiler(this, root).Compile(wantedName, part, path);

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

    /// <summary>The whole grammar, without rules that nothing leads to.</summary>
    /// <param name="rootBody">Body of the rule <c>root</c>.</param>
    internal string Build(string rootBody)
    {
        var text = new StringBuilder("root ::= ").Append(rootBody).Append('\n');
        var reached = Reached(rootBody);
        foreach (var name in _order.Where(reached.Contains))
            text.Append(name).Append(" ::= ").Append(_rules[name]).Append('\n');
        return text.ToString();
    }

    private HashSet<string> Reached(string rootBody)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([rootBody]);
        while (open.TryPop(out var body))
        {
            foreach (var name in Names(body))
            {
                if (_rules.TryGetValue(name, out var next) && reached.Add(name))
                    open.Push(next);
            }
        }

        return reached;
    }

    /// <summary>The rules that a body refers to.</summary>
    private static IEnumerable<string> Names(string body)
    {
        var closing = '\0';
        for (var at = 0; at < body.Length; at++)
        {
            var letter = body[at];
            if (closing != '\0')
            {
                if (letter == '\\')
                    at++;
                else if (letter == closing)
                    closing = '\0';
            }
            else if (letter is '"' or '[')
            {
                closing = letter == '"' ? '"' : ']';
            }
            else if (char.IsAsciiLetter(letter))
            {
                var start = at;
                while (at + 1 < body.Length && (char.IsAsciiLetterOrDigit(body[at + 1]) || body[at + 1] == '-'))
                    at++;
                yield return body[start..(at + 1)];
            }
        }
    }

    private static string Legal(string wanted)
    {
        var name = new string([.. wanted.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')]).Trim('-');
        name = name.Length == 0 ? "rule" : char.IsAsciiDigit(name[0]) ? "rule-" + name : name;
        name = name.Length > 40 ? name[..40] : name;
        return name == "root" ? "root-rule" : name;
    }
}
