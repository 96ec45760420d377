using ModelOps.Prompting.Grammars;

namespace ModelOps.Runtime.Tests.Grammars;

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
    [InlineData("root ::= root \"a\"", 0, 0, "rule root begins with itself")]
    [InlineData("root ::= a\na ::= \"x\"* b\nb ::= (\"\" | \"y\"?) a \"z\"", 0, 0, "begins with itself")]
    [InlineData("root ::= a root \"x\"\na ::= b\nb ::= []", 3, 7, "class without characters")]
    [InlineData("root ::= \"\"*", 1, 12, "repeat of nothing")]
    [InlineData("root ::= \"a\"??", 1, 14, "repeat of a repeat")]
    [InlineData("root ::= (\"a\"?)*", 0, 0, "begins with itself")]
    [InlineData("root ::= \"a\"{3000}", 1, 14, "number")]
    [InlineData("root ::= (\"a\"{0,100}){100}", 1, 22, "repetitions")]
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
    public void What_the_engine_would_run_out_of_memory_or_time_on_is_refused()
    {
        var large = $"root ::= \"{new string('a', 100_000)}\"{{2000}}";
        Assert.Contains("longer", Assert.Throws<GrammarException>(() => GbnfText.Check(large)).Message, StringComparison.Ordinal);
        var many = "root ::= " + string.Join(' ', Enumerable.Repeat("\"a\"{0,2000}", 200));
        Assert.Contains("rules", Assert.Throws<GrammarException>(() => GbnfText.Check(many)).Message, StringComparison.Ordinal);
        var ways = "root ::= r0\n"
            + string.Join('\n', Enumerable.Range(0, 40).Select(number => $"r{number} ::= r{number + 1} | r{number + 1} \"b\""))
            + "\nr40 ::= \"a\"";
        Assert.Contains("too many ways", Assert.Throws<GrammarException>(() => GbnfText.Check(ways)).Message, StringComparison.Ordinal);
        Assert.Throws<GrammarException>(() => GbnfText.Check("root ::= \"a\"" + new string('?', 400_000)));
    }

    [Fact]
    public void Hostile_texts_are_refused_in_time()
    {
        Assert.Throws<GrammarException>(() => GbnfText.Check("root ::= " + new string('(', 64 * 1024)));
        Assert.Throws<GrammarException>(() => GbnfText.Check("root ::= " + new string('"', 1_000_000)));
        var chain = string.Join('\n', Enumerable.Range(0, 4000).Select(number => $"r{number} ::= r{number + 1}"))
            + "\nr4000 ::= r0\nroot ::= r0";
        Assert.Contains("itself", Assert.Throws<GrammarException>(() => GbnfText.Check(chain)).Message, StringComparison.Ordinal);
    }
}
