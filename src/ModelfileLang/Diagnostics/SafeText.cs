using System.Globalization;
using System.Text;

namespace ModelOps.ModelfileLang.Diagnostics;

/// <summary>
/// Makes text that strangers wrote safe to print. A Modelfile of a pull request must not be able to colour a terminal, command a
/// build server, call people or put markup on a page.
/// </summary>
public static class SafeText
{
    private const char Break = '\u200B';

    /// <summary>One line for a terminal or a log: line ends, control and direction characters become visible, build commands harmless.</summary>
    public static string ForLine(string text) => Visible(text, keepNewlines: false);

    /// <summary>Several lines for a terminal or a log.</summary>
    public static string ForLines(string text) => Visible(text, keepNewlines: true);

    /// <summary>One line inside Markdown: nothing in it is markup, a link, a mention or a reference.</summary>
    public static string ForMarkdown(string text)
    {
        var safe = new StringBuilder();
        var visible = ForLine(text);
        for (var index = 0; index < visible.Length; index++)
        {
            var character = visible[index];
            safe.Append(character switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '@' => "@\u200B",
                '#' => "\\#\u200B",
                ':' when Next(visible, index) == '/' => ":\u200B",
                '.' when IsAfterWww(visible, index) => "\u200B.",
                '\\' or '`' or '*' or '_' or '{' or '}' or '[' or ']' or '(' or ')' or '+' or '-' or '!' or '|' or '~' or '$' => $"\\{character}",
                _ => character.ToString(),
            });
        }

        return safe.ToString();
    }

    /// <summary>A fenced block of Markdown that its content cannot leave.</summary>
    public static string MarkdownBlock(string text, string language = "")
    {
        var visible = ForLines(text);
        var (longest, run) = (0, 0);
        foreach (var character in visible)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        var fence = new string('`', Math.Max(3, longest + 1));
        return $"{fence}{language}\n{visible}\n{fence}\n";
    }

    private static char Next(string text, int index) => index + 1 < text.Length ? text[index + 1] : '\0';

    private static bool IsAfterWww(string text, int index) =>
        index >= 3 && text.AsSpan(index - 3, 3).Equals("www", StringComparison.OrdinalIgnoreCase);

    private static string Visible(string text, bool keepNewlines)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var isHidden = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse;
            if (!isHidden || (rune.Value == '\n' && keepNewlines))
                AppendInk(safe, rune);
            else if (rune.Value == '\n')
                safe.Append('⏎');
            else if (rune.Value == '\t')
                safe.Append(keepNewlines ? "\t" : " ");
            else if (rune.Value < 0x20)
                safe.Append((char)(0x2400 + rune.Value));
            else
                safe.Append(CultureInfo.InvariantCulture, $"<U+{rune.Value:X4}>");
        }

        return safe.ToString();
    }

    /// <summary>Build servers act on lines that begin with <c>::</c> or hold <c>##[</c> or <c>##vso[</c>; a break inside ends that.</summary>
    private static void AppendInk(StringBuilder safe, Rune rune)
    {
        var isCommand = (rune.Value == ':' && EndsWith(safe, ':')) || (rune.Value == '#' && EndsWith(safe, '#'));
        if (isCommand)
            safe.Append(Break);
        safe.Append(rune.ToString());
    }

    private static bool EndsWith(StringBuilder text, char character) => text.Length > 0 && text[^1] == character;
}
