using System.Globalization;
using System.Text;
using ModelOps.Prompting.Grammars;

namespace ModelOps.Prompting.Calls;

/// <summary>
/// Rules for any text up to a mark, or without marks: one rule for each part of a mark that may have been seen so far, after the automaton
/// of Aho and Corasick, so that a mark is never missed.
/// </summary>
internal static class MarkRules
{
    /// <summary>White space that may stand before an answer, as a part of a class.</summary>
    private const string WhiteSpace = " \\t\\r\\n\\x0B\\x0C\\x85\\xA0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000";

    /// <summary>At most a few blanks.</summary>
    internal static string Blanks(GrammarBuilder builder) => builder.AddRule("blanks", "[ \\n\\t]{0,8}");

    /// <summary>Any text that ends with the first mark in it.</summary>
    /// <param name="builder">Gets the rules.</param>
    /// <param name="mark">Ends the text.</param>
    /// <param name="others">Marks that do not occur in it.</param>
    internal static string Through(GrammarBuilder builder, string mark, params string[] others) =>
        new Automaton(builder, mark, others).Add();

    /// <summary>Any text in which none of the marks occurs.</summary>
    internal static string Without(GrammarBuilder builder, params string[] marks) => new Automaton(builder, null, marks).Add();

    /// <summary>The same, and behind white space the text does not begin with any of these characters.</summary>
    internal static string NotBeginning(GrammarBuilder builder, string characters, params string[] marks) =>
        builder.AddRule("free", $"[{WhiteSpace}]* ({new Automaton(builder, null, marks).AddBegin(characters)})?");

    private static string Escaped(char letter) => letter switch
    {
        '\n' => "\\n",
        ']' or '[' or '\\' or '^' or '-' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)letter:X2}"),
        _ => letter.ToString(),
    };

    /// <param name="builder">Gets the rules.</param>
    /// <param name="end">The mark that ends the text; null when nothing does.</param>
    /// <param name="others">Marks that must not occur.</param>
    private sealed class Automaton(GrammarBuilder builder, string? end, string[] others)
    {
        private readonly string[] _marks = end is null ? others : [end, .. others];
        private readonly Dictionary<string, string> _states = new(StringComparer.Ordinal);
        private readonly List<string> _order = [];

        private char[] Letters => [.. _marks.SelectMany(mark => mark).Distinct()];

        /// <summary>The rule of the state in which nothing was seen.</summary>
        internal string Add()
        {
            Reserve();
            foreach (var seen in _order)
                builder.SetRule(_states[seen], Body(seen, "") + (end is null ? " | \"\"" : ""));
            return _states[""];
        }

        /// <summary>Body of a rule for the first character and what follows it.</summary>
        internal string AddBegin(string excluded)
        {
            Add();
            return Body("", excluded);
        }

        /// <summary>Every beginning of a mark, shorter than the mark itself, is a state.</summary>
        private void Reserve()
        {
            foreach (var mark in _marks.Append(" "))
            {
                for (var length = 0; length < mark.Length; length++)
                {
                    if (_states.ContainsKey(mark[..length]))
                        continue;
                    _states[mark[..length]] = builder.Reserve(end is null ? "without" : "through");
                    _order.Add(mark[..length]);
                }
            }
        }

        private string Body(string seen, string excluded)
        {
            var body = new StringBuilder();
            foreach (var letter in Letters.Where(letter => !excluded.Contains(letter)))
            {
                var text = seen + letter;
                var isEnd = end is not null && text.EndsWith(end, StringComparison.Ordinal);
                if (!isEnd && Array.Exists(others, mark => text.EndsWith(mark, StringComparison.Ordinal)))
                    continue;
                body.Append(GrammarBuilder.Literal(letter.ToString()));
                if (!isEnd)
                    body.Append(' ').Append(_states[Suffix(text)]);
                body.Append(" | ");
            }

            var listed = string.Concat(Letters.Concat(excluded).Distinct().Select(Escaped)) + (excluded.Length > 0 ? WhiteSpace : "");
            return body.Append(listed.Length > 0 ? $"[^{listed}] " : ". ").Append(_states[""]).ToString();
        }

        /// <summary>The longest end of a text that begins a mark.</summary>
        private string Suffix(string text)
        {
            var at = 0;
            while (!_states.ContainsKey(text[at..]))
                at++;
            return text[at..];
        }
    }
}
