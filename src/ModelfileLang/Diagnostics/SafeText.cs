using System.Globalization;
using System.Text;

namespace ModelOps.ModelfileLang.Diagnostics;

/// <summary>
/// All text that strangers wrote passes here on its way to a terminal, a log or a page: commit subjects, names, metadata of weights,
/// SYSTEM and LICENSE, answers of models and of servers. None of it may colour or command a terminal, break a line, command a build
/// server, notify people or put markup on a page. Safe text stays as it is, so that it may pass here twice.
/// </summary>
public static class SafeText
{
    private const char Break = '\u200B';
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const int LongestCommand = 20;

    /// <summary>
    /// One line for a terminal or a log: line ends, control and direction characters become visible, build commands harmless.
    /// </summary>
    public static string ForLine(string text) => Visible(text, Layout.Line);

    /// <summary>Several lines for a terminal or a log; line ends and tabs stay.</summary>
    public static string ForLines(string text) => Visible(text, Layout.Lines);

    /// <summary>
    /// A text to be read as it was written, such as an answer or a SYSTEM text: as <see cref="ForLines"/>, and characters may be
    /// joined (an emoji of several, Persian) and what would command a build server stays as it is.
    /// </summary>
    public static string ForReading(string text) => Visible(text, Layout.Reading);

    /// <summary>A text that another program reads: only what would command a terminal is changed.</summary>
    public static string ForPipe(string text) => Visible(text, Layout.Pipe);

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
                '\\' or '`' or '*' or '_' or '{' or '}' or '[' or ']' or '(' or ')' or '+' or '-' or '!' or '|' or '~' or '$' =>
                    $"\\{character}",
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

    private static string Visible(string text, Layout layout)
    {
        var safe = new StringBuilder(text.Length);
        var (before, isStart, length) = (default(Rune), true, 0);
        for (var at = 0; at < text.Length; at += length)
        {
            // A lone surrogate is read as U+FFFD.
            Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out length);
            var rest = text.AsSpan(at + length);
            if (layout < Layout.Reading && IsCommand(before, rune, rest, isStart))
                safe.Append(Break);
            var endsLine = rune.Value == '\r' && layout == Layout.Reading && rest is ['\n', ..];
            if (IsKept(before, rune, rest, layout))
                safe.Append(rune.ToString());
            else if (!endsLine)
                AppendSign(safe, rune);
            isStart = rune.Value is '\n' or '\r' || (isStart && (Rune.IsWhiteSpace(rune) || rune.Value == ':'));
            before = rune;
        }

        return safe.ToString();
    }

    private static bool IsKept(Rune before, Rune rune, ReadOnlySpan<char> rest, Layout layout)
    {
        if (rune.Value is '\n' or '\t')
            return layout != Layout.Line;
        var category = Rune.GetUnicodeCategory(rune);
        if (category == UnicodeCategory.Control || layout == Layout.Pipe)
            return category != UnicodeCategory.Control || (rune.Value == '\r' && layout == Layout.Pipe);
        if (category is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse))
            return true;
        return rune.Value switch
        {
            Break => IsBroken(before, rest),
            ZeroWidthJoiner or ZeroWidthNonJoiner =>
                layout == Layout.Reading && !before.IsAscii && rest.Length > 0 && !char.IsAscii(rest[0]),
            _ => false,
        };
    }

    private static void AppendSign(StringBuilder safe, Rune rune)
    {
        if (rune.Value == '\n')
            safe.Append('⏎');
        else if (rune.Value == '\t')
            safe.Append(' ');
        else if (rune.Value < 0x20)
            safe.Append((char)(0x2400 + rune.Value));
        else
            safe.Append(CultureInfo.InvariantCulture, $"<U+{rune.Value:X4}>");
    }

    /// <summary>
    /// Build servers act on lines that begin with <c>::</c> or hold <c>##[</c>, <c>##vso[</c> and the like; a break inside ends that.
    /// </summary>
    private static bool IsCommand(Rune before, Rune rune, ReadOnlySpan<char> rest, bool isStart)
    {
        if (before != rune)
            return false;
        if (rune.Value == ':')
            return isStart;
        if (rune.Value != '#')
            return false;
        var end = rest[..Math.Min(rest.Length, LongestCommand)].IndexOfAnyExceptInRange('a', 'z');
        return end >= 0 && rest[end] == '[';
    }

    /// <summary>A break that this class inserted stands here.</summary>
    private static bool IsBroken(Rune before, ReadOnlySpan<char> rest) =>
        before.Value is ':' or '#' && rest.Length > 0 && rest[0] == before.Value;

    private enum Layout
    {
        Line,
        Lines,
        Reading,
        Pipe,
    }
}
