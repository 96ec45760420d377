using ModelOps.Runtime.Prompting.Grammars;

namespace ModelOps.Runtime.Tests.Prompting;

/// <summary>Our own reader of grammars, which stands in front of the engine's.</summary>
public class GbnfTextTests
{
    [Theory]
    [InlineData("root ::= \"a\"")]
    [InlineData("# comment\nroot ::= item+ # more\nitem ::= [a-z] | \"\\x41\" | .")]
    [InlineData("root ::= (\n  \"a\" |\n  \"b\"\n)* end\nend ::= \"\\n\"{2,3} [^\\]\\u00e9-]?")]
    [InlineData("root ::= | \"a\" root")]
    [InlineData("root ::= a{3} b{1,}\r\na ::= \"x\"\r\nb ::= \"y\"\r\n")]
    public void Grammars_that_are_accepted_are_taken_by_the_engine(string grammar)
    {
        GbnfText.Check(grammar);
        GrammarProbe.Parse(grammar);
    }

    [Theory]
    [InlineData("", 0, 0, "root")]
    [InlineData("start ::= \"a\"", 0, 0, "root")]
    [InlineData("root := \"a\"", 1, 6, "'::='")]
    [InlineData("root ::= \"a\nb", 1, 10, "no end")]
    [InlineData("root ::= [a", 1, 10, "no end")]
    [InlineData("root ::= (\"a\"", 1, 10, "no end")]
    [InlineData("root ::= \"a\" )", 1, 14, "end of the rule")]
    [InlineData("root ::= a\na ::= b", 2, 7, "no rule named b")]
    [InlineData("root ::= root \"a\"", 1, 1, "begins with itself")]
    [InlineData("root ::= a\na ::= \"x\"* b\nb ::= (\"\" | \"y\"?) a \"z\"", 2, 1, "begins with itself")]
    [InlineData("root ::= \"a\"{3000}", 1, 14, "number")]
    [InlineData("root ::= (\"a\"{100}){100}", 1, 25, "repetitions")]
    [InlineData("root ::= \"a\"{3,2}", 1, 18, "upwards")]
    [InlineData("root ::= \"\\q\"", 1, 11, "escape")]
    [InlineData("root ::= \"a\"\nroot ::= \"b\"", 2, 1, "already")]
    [InlineData("root ::= [z-a]", 1, 10, "backwards")]
    public void Grammars_that_are_refused_say_where_and_why(string grammar, int line, int column, string reason)
    {
        var error = Assert.Throws<GrammarException>(() => GbnfText.Check(grammar));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void Hostile_texts_are_refused_in_time()
    {
        Assert.Throws<GrammarException>(() => GbnfText.Check("root ::= " + new string('(', 64 * 1024)));
        Assert.Throws<GrammarException>(() => GbnfText.Check("root ::= " + new string('"', 1_000_000)));
        var chain = string.Join('\n', Enumerable.Range(0, 4000).Select(number => $"r{number} ::= r{number + 1}")) + "\nr4000 ::= r0\nroot ::= r0";
        Assert.Contains("itself", Assert.Throws<GrammarException>(() => GbnfText.Check(chain)).Message, StringComparison.Ordinal);
    }
}
