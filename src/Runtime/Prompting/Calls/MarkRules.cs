using System.Globalization;
using System.Text;
using ModelOps.Runtime.Prompting.Grammars;

namespace ModelOps.Runtime.Prompting.Calls;

/// <summary>
/// Rules for any text up to a mark: one rule for each number of characters of the mark seen so far, after the automaton of Knuth, Morris
/// and Pratt, so that a mark is never missed.
/// </summary>
internal static class MarkRules
{
    /// <summary>At most a few blanks.</summary>
    internal static string Blanks(GrammarBuilder builder) => builder.AddRule("blanks", "[ \\n\\t]{0,8}");

    /// <summary>Any text that ends with the first mark in it.</summary>
    internal static string Through(GrammarBuilder builder, string mark) => Add(builder, mark, isWithout: false);

    /// <summary>Any text in which the mark does not occur.</summary>
    internal static string Without(GrammarBuilder builder, string mark) => Add(builder, mark, isWithout: true);

    private static string Add(GrammarBuilder builder, string mark, bool isWithout)
    {
        var names = Enumerable.Range(0, mark.Length).Select(_ => builder.Reserve(isWithout ? "without" : "through")).ToArray();
        var letters = mark.Distinct().ToArray();
        for (var seen = 0; seen < mark.Length; seen++)
        {
            var body = new StringBuilder();
            foreach (var letter in letters)
            {
                var next = Next(mark, seen, letter);
                if (next == mark.Length && isWithout)
                    continue;
                body.Append(GrammarBuilder.Literal(letter.ToString()));
                if (next < mark.Length)
                    body.Append(' ').Append(names[next]);
                body.Append(" | ");
            }

            body.Append("[^").AppendJoin("", letters.Select(Escaped)).Append("] ").Append(names[0]);
            if (isWithout)
                body.Append(" | \"\"");
            builder.SetRule(names[seen], body.ToString());
        }

        return names[0];
    }

    /// <summary>How much of the mark is seen after one more character.</summary>
    private static int Next(string mark, int seen, char letter)
    {
        var text = mark[..seen] + letter;
        for (var length = Math.Min(text.Length, mark.Length); length > 0; length--)
        {
            if (text.EndsWith(mark[..length], StringComparison.Ordinal))
                return length;
        }

        return 0;
    }

    private static string Escaped(char letter) => letter switch
    {
        '\n' => "\\n",
        ']' or '[' or '\\' or '^' or '-' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)letter:X2}"),
        _ => letter.ToString(),
    };
}
