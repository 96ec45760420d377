using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Tests.Syntax;

public class ModelfileParserTests
{
    [Fact]
    public void Every_problem_of_a_file_is_told_at_once()
    {
        var result = ModelfileParser.Parse(
            "FORM pico\nSYSTEM ok\nMESSAGE bot hi\nPARAMETER num-ctx 4\nSYSTEM \"open\n\nTEMPLATE\n", "a/Modelfile");

        Assert.Equal(
            [
                "a/Modelfile:1:1: error MF1001: 'FORM' is not an instruction. (did you mean FROM?)",
                "a/Modelfile:3:9: error MF1003: 'bot' is not a message role. (write system, user or assistant)",
                "a/Modelfile:4:14: error MF1004: '-' cannot stand in the name of a parameter. (did you mean num_ctx?)",
                "a/Modelfile:5:8: error MF1005: The \" that opens this value is never closed. (put \" at the end of the last line of "
                    + "the text)",
                "a/Modelfile:7:1: error MF1002: TEMPLATE has no value. (write TEMPLATE \"\" for an empty text)",
            ],
            result.Diagnostics.Select(diagnostic => diagnostic.ToString()));
        Assert.Equal("ok", Assert.Single(result.Recovered.Instructions).Value);
    }

    [Fact]
    public void Lines_are_counted_as_editors_do_and_the_reference_error_as_the_reference_does()
    {
        var result = ModelfileParser.Parse("FROM a\r\n\r\nBAD x\r\n");

        Assert.Equal(3, Assert.Single(result.Diagnostics).Span.Line);
        Assert.StartsWith("(line 5): command must be one of", result.ReferenceError, StringComparison.Ordinal);
    }

    [Fact]
    public void Spans_point_at_word_name_value_and_content()
    {
        var modelfile = ModelfileParser.Parse("FROM a\n  parameter stop\t \"x y\"  \nMessage user hi\n").Modelfile!;

        var stop = modelfile.Instructions[1];
        Assert.Equal("parameter stop\t \"x y\"", modelfile.Source.TextOf(stop.Span));
        Assert.Equal("parameter", modelfile.Source.TextOf(stop.KeywordSpan));
        Assert.Equal("stop", modelfile.Source.TextOf(stop.NameSpan));
        Assert.Equal("\"x y\"", modelfile.Source.TextOf(stop.ValueSpan));
        Assert.Equal("x y", modelfile.Source.TextOf(stop.ContentSpan));
        Assert.Equal((2, 3, 2, 24), (stop.Span.Line, stop.Span.Column, stop.Span.EndLine, stop.Span.EndColumn));
        Assert.Equal("user", modelfile.Source.TextOf(modelfile.Instructions[2].NameSpan));
    }

    [Fact]
    public void Bytes_after_a_mark_are_replaced_one_by_one()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, (byte)'F', (byte)'R', (byte)'O', (byte)'M', (byte)' ', 0xE2, 0x82, (byte)'x'];

        Assert.Equal("\uFFFD\uFFFDx", ModelfileParser.Parse(bytes).Modelfile!.Instructions[0].Value);
        Assert.Equal("\uFFFDx", ModelfileParser.Parse(bytes.AsSpan(3)).Modelfile!.Instructions[0].Value);
    }

    [Fact]
    public void Text_of_several_lines_without_quotes_gets_a_hint()
    {
        var diagnostic = Assert.Single(ModelfileParser.Parse("FROM a\nSYSTEM You are kind.\nYou answer in verse.\n").Diagnostics);

        Assert.Contains("needs \"\"\" before and after", diagnostic.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("temperature 0.5", "did you mean PARAMETER temperature?")]
    [InlineData("SYTEM x", "did you mean SYSTEM?")]
    [InlineData("FROM=x", null)]
    public void A_slip_gets_a_suggestion(string line, string? hint)
    {
        var diagnostics = ModelfileParser.Parse($"FROM a\n\n{line}\n").Diagnostics;

        Assert.Equal(hint, Assert.Single(diagnostics).Hint);
    }
}
