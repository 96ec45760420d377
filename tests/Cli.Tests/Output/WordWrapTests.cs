using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ModelOps.Cli.Output;

namespace ModelOps.Cli.Tests.Output;

public class WordWrapTests
{
    private static readonly string[] s_pieces = ["word", " ", "한국어", "🙂", "a", "\n", "verylongwordindeed", ",", "é", "\u0301", "\t", "日本", "the "];

    [Theory]
    [InlineData(12, "the quick brown fox", "the quick/brown fox")]
    [InlineData(12, "안녕하세요 여러분", "안녕하세요/여러분")]
    [InlineData(12, "안녕하세요여러분", "안녕하세요/여러분")]
    [InlineData(12, "see abcdefghijklmnop", "see/abcdefghijk/lmnop")]
    [InlineData(12, "one\n\ntwo", "one//two")]
    [InlineData(12, "  indented text", "  indented/text")]
    [InlineData(12, "🙂🙂🙂🙂🙂🙂", "🙂🙂🙂🙂🙂/🙂")]
    public void Words_go_to_the_next_line_and_wide_letters_break_anywhere(int columns, string text, string expected) =>
        Assert.Equal(expected, string.Join('/', Screen(new WordWrap(columns).Feed(text)).Select(line => line.TrimEnd())));

    [Fact]
    public void Pieces_look_as_the_whole_does_fit_and_lose_no_letter() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1000),
            Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
            {
                var pieces = bytes.Select(piece => s_pieces[piece % s_pieces.Length]).ToArray();
                var whole = Screen(new WordWrap(12).Feed(string.Concat(pieces)));
                var wrap = new WordWrap(12);
                Assert.Equal(whole, Screen(string.Concat(pieces.Select(wrap.Feed))));
                Assert.All(whole, line => Assert.InRange(TextCells.Of(line.Replace("\t", "", StringComparison.Ordinal)), 0, 11));
                Assert.Equal(Letters(string.Concat(pieces)), Letters(string.Concat(whole)));
            }));

    private static string Letters(string text) => string.Concat(text.Where(letter => letter is not (' ' or '\n' or '\t')));

    /// <summary>What a terminal shows: letters, line ends, and what erases the last letters of a line.</summary>
    private static List<string> Screen(string written)
    {
        var lines = new List<string> { "" };
        for (var at = 0; at < written.Length; at++)
        {
            if (written[at] == '\e')
            {
                var end = written.IndexOf("D\e[K", at, StringComparison.Ordinal);
                lines[^1] = Erase(lines[^1], int.Parse(written.AsSpan(at + 2, end - at - 2), null));
                at = end + 3;
            }
            else if (written[at] == '\n')
                lines.Add("");
            else
                lines[^1] += written[at];
        }

        return lines;
    }

    private static string Erase(string line, int cells)
    {
        var left = new StringBuilder(line);
        while (cells > 0)
        {
            Rune.DecodeLastFromUtf16(left.ToString(), out var last, out var length);
            left.Length -= length;
            cells -= TextCells.Of(last);
        }

        return left.ToString();
    }
}
