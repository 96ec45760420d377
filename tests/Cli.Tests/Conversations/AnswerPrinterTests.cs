using ModelOps.Cli.Conversations;

namespace ModelOps.Cli.Tests.Conversations;

public class AnswerPrinterTests
{
    [Theory]
    [InlineData("Hello.|\n", "Hello.")]
    [InlineData("a\rb|␛[31m|\n", "a\rb", "\e[31m")]
    [InlineData("👩‍💻|\n", "👩", "\u200D", "💻")]
    [InlineData("one\ntwo|\n", "one\r", "\ntwo")]
    [InlineData("x<U+202E>y|\n", "x\u202E", "y")]
    [InlineData("␛]0;owned␇|\n", "\e]0;", "owned\a")]
    public void Pieces_of_an_answer_are_read_as_a_whole_and_command_no_terminal(string expected, params string[] pieces)
    {
        using var shell = new Shell();
        var printer = new AnswerPrinter(shell.Context() with { OutIsTerminal = true }, new ChatSettings());
        foreach (var piece in pieces)
            printer.Text(piece);
        printer.End();
        Assert.Equal(expected.Replace("|", "", StringComparison.Ordinal).Replace("a\rb", "a␍b", StringComparison.Ordinal), shell.Output);
    }

    [Fact]
    public void A_character_that_comes_in_two_halves_is_shown_as_one()
    {
        // Attributes are kept as UTF-8, which has no halves.
        using var shell = new Shell();
        var printer = new AnswerPrinter(shell.Context() with { OutIsTerminal = true }, new ChatSettings());
        printer.Text("\ud83d");
        printer.Text("\ude42");
        printer.End();
        Assert.Equal("🙂\n", shell.Output);
    }

    [Theory]
    [InlineData(false, "", "\e[2mThinking...\n\e[0m\e[2mhmm\e[0m\e[2m\n...done thinking.\n\n\e[0mYes.\n")]
    [InlineData(false, "1", "Thinking...\nhmm\n...done thinking.\n\nYes.\n")]
    [InlineData(true, "", "Yes.\n")]
    public void What_a_model_thinks_is_dimmed_or_hidden(bool hides, string noColor, string expected)
    {
        using var shell = new Shell();
        shell.Environment["NO_COLOR"] = noColor;
        var printer = new AnswerPrinter(shell.Context() with { OutIsTerminal = true }, new ChatSettings { HideThinking = hides });
        printer.Thought("hmm");
        printer.Text("Yes.");
        printer.End();
        Assert.Equal(expected, shell.Output);
    }

    [Fact]
    public void A_pipe_gets_the_lines_of_the_model()
    {
        using var shell = new Shell();
        var printer = new AnswerPrinter(shell.Context(), new ChatSettings());
        printer.Text(new string('x', 200) + " " + new string('y', 200));
        printer.End();
        Assert.Equal(new string('x', 200) + " " + new string('y', 200) + "\n", shell.Output);
    }
}
