using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Tests.Texts;

public class SafeTextTests
{
    /// <summary>What strangers write to command a terminal, forge a line or hide a word.</summary>
    public static TheoryData<string, string> Lines => new()
    {
        { "\e]0;owned\a", "␛]0;owned␇" },
        { "\e]52;c;cm0gLXJm\a", "␛]52;c;cm0gLXJm␇" },
        { "\e[31mred\e[0m", "␛[31mred␛[0m" },
        { "\e[2J\e[H", "␛[2J␛[H" },
        { "\u009b31m", "<U+009B>31m" },
        { "\u007f\b\0", "<U+007F>␈␀" },
        { "one\ntwo\r\nthree\rfour", "one⏎two␍⏎three␍four" },
        { "a\u2028b\u2029c\u0085d", "a<U+2028>b<U+2029>c<U+0085>d" },
        { "\u202Eevil\u202C \u2066x\u2069 \u200F\u061C", "<U+202E>evil<U+202C> <U+2066>x<U+2069> <U+200F><U+061C>" },
        { "pa\u200Byp\u200Dal\uFEFF\u00AD", "pa<U+200B>yp<U+200D>al<U+FEFF><U+00AD>" },
        { "\ud83d alone \ude00", "\uFFFD alone \uFFFD" },
        { "tab\there", "tab here" },
        { "Größe 日本語 😀", "Größe 日本語 😀" },
    };

    [Theory, MemberData(nameof(Lines))]
    public void One_line_shows_what_would_steer_the_terminal(string text, string shown) => Assert.Equal(shown, SafeText.ForLine(text));

    [Theory, MemberData(nameof(Lines))]
    public void Safe_text_stays_as_it_is(string text, string shown)
    {
        Assert.Equal(shown, SafeText.ForLine(SafeText.ForLine(text)));
        foreach (var make in (Func<string, string>[])[SafeText.ForLines, SafeText.ForReading, SafeText.ForPipe])
            Assert.Equal(make(text), make(make(text)));
    }

    [Fact]
    public void Several_lines_keep_their_line_ends_and_tabs() =>
        Assert.Equal("a\n\tb␍\nc␛", SafeText.ForLines("a\n\tb\r\nc\e"));

    [Fact]
    public void To_be_read_a_line_end_is_a_line_end_and_a_return_alone_overwrites_nothing() =>
        Assert.Equal("a\nb␍c", SafeText.ForReading("a\r\nb\rc"));

    [Theory]
    [InlineData("::set-output name=x::y", ":\u200B:set-output name=x::y")]
    [InlineData("  ::error::x", "  :\u200B:error::x")]
    [InlineData("##vso[task.setvariable]x", "#\u200B#vso[task.setvariable]x")]
    [InlineData("said ##[error]x", "said #\u200B#[error]x")]
    [InlineData("http://[::1]:11434 and std::string", "http://[::1]:11434 and std::string")]
    [InlineData("## Heading", "## Heading")]
    public void Build_servers_are_not_commanded_and_nothing_else_is_touched(string text, string shown)
    {
        Assert.Equal(shown, SafeText.ForLine(text));
        Assert.Equal(shown, SafeText.ForLine(shown));
    }

    [Fact]
    public void An_answer_is_read_as_it_was_written()
    {
        const string Answer = "::x\n## Head\n\tcode 👨\u200D👩\u200D👧 می\u200Cخواهم";
        Assert.Equal(Answer, SafeText.ForReading(Answer));
        Assert.Equal("a<U+200D>b <U+202E>", SafeText.ForReading("a\u200Db \u202E"));
    }

    [Fact]
    public void Into_a_pipe_only_what_commands_a_terminal_is_changed() =>
        Assert.Equal("\u200F\u202Ea\r\n\tb␛]0;x␇<U+009B>", SafeText.ForPipe("\u200F\u202Ea\r\n\tb\e]0;x\a\u009b"));
}
