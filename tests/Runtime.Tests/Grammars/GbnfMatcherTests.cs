using System.Diagnostics;
using System.Text;
using ModelOps.Prompting.Grammars;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.TestKit;

namespace ModelOps.Runtime.Tests.Grammars;

/// <summary>Grammars are followed as the engine would, and none takes more than its share of time and memory.</summary>
public class GbnfMatcherTests
{
    /// <summary>Twice as many ways with every letter.</summary>
    private const string Doubling = "root ::= a\na ::= \"x\" a \"p\" | \"x\" a \"q\" | \"x\"";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("root ::= \"a\" | \"b\"*", new[] { "", "a", "b", "bbb" }, new[] { "ab", "aa", "c" })]
    [InlineData("root ::= \"(\" root \")\" | \"x\"", new[] { "x", "((x))" }, new[] { "((x)", "()", "x)" })]
    [InlineData("root ::= [a-c]{2,3} [^a-c]?", new[] { "ab", "abc", "ab\n", "abcé" }, new[] { "a", "abcc", "abd!" })]
    [InlineData("root ::= (\"a\" | \"ab\") (\"c\" | \"bcd\")", new[] { "ac", "abc", "abcd", "abbcd" }, new[] { "ab", "abcdd" })]
    [InlineData("root ::= .+", new[] { "a", "日本 😀\n" }, new[] { "" })]
    [InlineData("root ::= [^\\x00-\\x7F]+ \"é\"", new[] { "éé", "日é", "😀é" }, new[] { "é", "aé" })]
    public void What_a_grammar_says_goes(string grammar, string[] fitting, string[] others)
    {
        Assert.All(fitting, text => Assert.True(GrammarProbe.Accepts(grammar, text), text));
        Assert.All(others, text => Assert.False(GrammarProbe.Accepts(grammar, text), text));
    }

    [Fact]
    public void Characters_may_come_in_parts_and_never_become_others()
    {
        var matcher = new GbnfMatcher(GbnfProgram.Of("root ::= [а-я]+"));
        Assert.True(matcher.Allows([0xD0]));
        Assert.False(matcher.Allows([0xC3]));
        Assert.False(matcher.Allows([0xD0, 0x20]));
        Assert.False(matcher.Allows([0xE6]));
        matcher.Accept([0xD0]);
        Assert.False(matcher.CanEnd);
        Assert.False(matcher.Allows([0x90]));
        Assert.True(matcher.Allows([0xB4, 0xD0, 0xB0]));
        matcher.Accept([0xB4, 0xD0, 0xB0]);
        Assert.True(matcher.CanEnd);
        Assert.False(matcher.Allows([]));
    }

    [Fact]
    public void Too_many_ways_are_given_up()
    {
        var matcher = new GbnfMatcher(GbnfProgram.Of(Doubling));
        var time = Stopwatch.StartNew();
        var taken = 0;
        while (taken < 100 && matcher.Allows("x"u8))
        {
            matcher.Accept("x"u8);
            taken++;
        }

        Assert.True(matcher.IsTooAmbiguous);
        Assert.InRange(taken, 10, 20);
        Assert.False(new GbnfMatcher(GbnfProgram.Of(Doubling)).Allows(Encoding.UTF8.GetBytes(new string('x', 1000))));
        Assert.True(time.Elapsed < Patience, $"{time.Elapsed}");
    }

    [Fact]
    public void Ways_that_meet_again_are_one()
    {
        var matcher = new GbnfMatcher(GbnfProgram.Of("root ::= ws ws ws (\"a\" | \"a\") root?\nws ::= [ ]*"));
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("  a   ", 2000)));
        Assert.True(matcher.Allows(text));
        matcher.Accept(text);
        Assert.False(matcher.IsTooAmbiguous);
    }

    [Fact]
    public void A_long_and_deep_text_is_followed_without_keeping_all_of_it()
    {
        var matcher = new GbnfMatcher(GbnfProgram.Of("root ::= \"[\" (root (\",\" root)*)? \"]\""));
        var time = Stopwatch.StartNew();
        foreach (var piece in new[]
        {
            new string('[', 50_000), "[]", string.Concat(Enumerable.Repeat(",[[]]", 100_000)), new string(']', 50_000),
        })
        {
            var bytes = Encoding.UTF8.GetBytes(piece);
            Assert.True(matcher.Allows(bytes));
            matcher.Accept(bytes);
        }

        Assert.True(matcher.CanEnd);
        Assert.True(time.Elapsed < Patience, $"{time.Elapsed}");
    }

    [Fact]
    public async Task A_request_whose_grammar_is_too_ambiguous_ends_with_an_error_and_the_engine_goes_on()
    {
        await using var engine = await Pico.LoadAsync();
        var request = await engine.AskAsync("Why is the sky blue?", maxTokens: 100);
        var error = await Assert.ThrowsAsync<EngineRequestException>(
            () => engine.RunAsync(request with { Grammar = "root ::= a\na ::= \"x\" a \"p\" | \"x\" a \"q\"" }));
        Assert.Contains("ambiguous", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await engine.RunAsync(request with { MaxTokens = 3 })).Tokens.Length);
    }

    [Fact]
    public void Few_letters_can_be_read_in_too_many_ways() => Assert.Null(GrammarProbe.Judge(
        """
        root ::= .? | x{2} | x y{2}
        x ::= ("a" | y){0,2} | [ab] y? | ("a" | y) (x "["){0,2}
        y ::= "a" ("a" | y)? "b"? | .+ (x "[")* .* | "e"
        """,
        "{.]0.e"));

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Grammars_mean_what_the_engine_takes_them_for()
    {
        const string Letters = "ab[]{}\":, 019.eé";
        var random = new Random(13);
        var (seen, agreed, fitting) = (Stopwatch.StartNew(), 0, 0);
        var until = FuzzTime.Of(TimeSpan.FromSeconds(15));
        for (var round = 0; seen.Elapsed < until; round++)
        {
            var grammar = RandomGrammar(random);
            try
            {
                GbnfText.Check(grammar);
            }
            catch (GrammarException)
            {
                continue;
            }

            for (var tries = 0; tries < 10; tries++)
            {
                var text = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => Letters[random.Next(Letters.Length)]));
                fitting += GrammarProbe.Accepts(grammar, text) ? 1 : 0;
                agreed++;
            }
        }

        Assert.True(agreed > 100 && fitting > 10, $"{fitting} of {agreed}");
    }

    private static string RandomGrammar(Random random)
    {
        string[] atoms = ["\"a\"", "\"b\"", "[ab]", "[^a]", ".", "x", "y", "(\"a\" | y)", "(x \"[\")", "[0-9]", "\"\""];
        string[] repeats = ["", "", "", "*", "+", "?", "{2}", "{0,2}"];
        return $"root ::= {Body()}\nx ::= {Body()}\ny ::= \"a\" {Body()} | \"e\"";

        string Body() => string.Join(" | ", Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
            string.Join(
                ' ',
                Enumerable.Range(0, random.Next(1, 4)).Select(
                    _ => atoms[random.Next(atoms.Length)] + repeats[random.Next(repeats.Length)]))));
    }
}
