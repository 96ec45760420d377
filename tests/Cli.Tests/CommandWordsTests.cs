using System.CommandLine;

namespace ModelOps.Cli.Tests;

/// <summary>Which words of a command line are flags, values, prompts and mistakes.</summary>
public sealed class CommandWordsTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData(new[] { "run", "m", "--think", "why?" }, "true", "why?")]
    [InlineData(new[] { "run", "--think", "m", "why?" }, "true", "why?")]
    [InlineData(new[] { "run", "m", "--think=high", "why?" }, "high", "why?")]
    [InlineData(new[] { "run", "m", "--think=false", "why?" }, "false", "why?")]
    [InlineData(new[] { "run", "m", "why?", "--think" }, "true", "why?")]
    [InlineData(new[] { "run", "m", "--verbose", "true", "story" }, null, "true story")]
    [InlineData(new[] { "run", "m", "--nowordwrap", "--insecure", "--truncate=false", "--dimensions", "8", "hi" }, null, "hi")]
    [InlineData(new[] { "run", "m", "--", "--think", "-v" }, null, "--think -v")]
    [InlineData(new[] { "run", "m", "-5 degrees", "- a list", "-", "--what is this" }, null, "-5 degrees - a list - --what is this")]
    [InlineData(new[] { "run", "m", "@alice", "[b]" }, null, "@alice [b]")]
    [InlineData(new[] { "run", "m", "--keepalive", "-1", "hi" }, null, "hi")]
    public void A_prompt_stays_a_prompt_and_a_flag_a_flag(string[] words, string? think, string prompt)
    {
        var parsed = Parse(words);
        Assert.Empty(CommandWords.Problems(Root, parsed));
        Assert.Equal(("m", prompt), (parsed.GetValue<string>("MODEL"), string.Join(' ', parsed.GetValue<string[]>("PROMPT")!)));
        Assert.Equal(think, parsed.GetValue<string?>("--think"));
    }

    [Theory]
    [InlineData("trust", "hosts", "add", "h", "--yes", "--known-hosts", "f")]
    [InlineData("ci", "comment", "--dry-run", "--diff", "f")]
    [InlineData("sync", "--no-wait", "--host", "h")]
    public void A_flag_of_a_verb_below_another_one_takes_no_word_either(params string[] words) =>
        Assert.Empty(CommandWords.Problems(Root, Parse(words)));

    [Theory]
    [InlineData("'modelops run' has no option --thinkk; did you mean '--think'?", "run", "m", "--thinkk", "why?")]
    [InlineData("--truncate is true or false, not 'x'", "run", "m", "--truncate=x", "why?")]
    [InlineData("--dimensions '1e9' is no number, or too large a one", "run", "m", "--dimensions", "1e9")]
    [InlineData("--output is json, table or yaml, not 'jsn'; did you mean 'json'?", "list", "-o", "jsn")]
    [InlineData("--host needs a value", "ps", "--host")]
    [InlineData("'modelops cp' needs DESTINATION", "cp", "a")]
    [InlineData("'modelops run' has no option --keepalve; did you mean '--keepalive'?", "run", "m", "why?", "--keepalve=5m")]
    [InlineData("'modelops run' has no option --bogus; write -- before a word that begins with '-'", "run", "m", "--bogus")]
    [InlineData("'modelops run' has no option -z; write -- before a word that begins with '-'", "run", "-z", "m")]
    [InlineData("'modelops show' has no option --modelfil; did you mean '--modelfile'?", "show", "m", "--modelfil")]
    [InlineData("'modelops rm' has no option --force; write -- before a word that begins with '-'", "rm", "m", "--force")]
    [InlineData("'modelops lint' has no option --fxi; did you mean '--fix'?", "lint", "--fxi")]
    [InlineData("'modelops status' has no option --outptu; did you mean '--output'?", "status", "--outptu=json")]
    [InlineData("'extra' is one word too many for 'modelops status'", "status", "extra")]
    [InlineData("'b' is one word too many for 'modelops show'", "show", "a", "b")]
    public void Unknown_words_after_a_verb_are_refused_with_the_nearest_known_one(string expected, params string[] words) =>
        Assert.Equal([expected], CommandWords.Problems(Root, Parse(words)));

    [Theory]
    [InlineData("lst", "list")]
    [InlineData("creat", "create")]
    [InlineData("version", "--version")]
    [InlineData("remove", "rm")]
    [InlineData("LIST", "list")]
    [InlineData("statu", "status")]
    public async Task An_unknown_verb_gets_a_suggestion_even_when_it_asks_for_help(string verb, string meant)
    {
        Assert.Equal(ExitCode.Usage, await _shell.RunAsync(verb));
        Assert.StartsWith($"Error: there is no verb '{verb}'; did you mean '{meant}'?\n", _shell.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await _shell.RunAsync(verb, "--help"));
        Assert.Equal(ExitCode.Usage, await _shell.RunAsync("help", verb));
        Assert.Equal("", _shell.Output);
    }

    [Fact]
    public async Task A_verb_that_resembles_nothing_is_refused_all_the_same()
    {
        Assert.Equal(ExitCode.Usage, await _shell.RunAsync("bogus", "--help"));
        Assert.Equal("Error: there is no verb 'bogus'\nSee 'modelops --help'.\n", _shell.Error);
    }

    [Theory]
    [InlineData]
    [InlineData("help")]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task No_words_and_help_print_the_verbs(params string[] words)
    {
        Assert.Equal(0, await _shell.RunAsync(words));
        Assert.Contains("\nServe and talk\n  serve ", _shell.Output, StringComparison.Ordinal);
        Assert.Equal("", _shell.Error);
    }

    [Fact]
    public async Task Help_of_a_verb_is_asked_for_in_either_order()
    {
        Assert.Equal(0, await _shell.RunAsync("help", "run"));
        var first = _shell.Output;
        Assert.Equal(0, await _shell.RunAsync("run", "--help"));
        Assert.Equal(first + first, _shell.Output);
        string[] options =
            [
                "--keepalive", "--format", "--think", "--hidethinking", "--nowordwrap", "--insecure", "--truncate", "--dimensions",
                "--verbose",
            ];
        foreach (var option in options)
            Assert.Contains(option, first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_has_a_short_form()
    {
        Assert.Equal(0, await _shell.RunAsync("-v"));
        var first = _shell.Output;
        Assert.Equal(0, await _shell.RunAsync("--version"));
        Assert.Equal(first + first, _shell.Output);
    }

    private RootCommand Root => Application.Build(_shell.Context());

    private ParseResult Parse(string[] words)
    {
        var root = Root;
        return root.Parse(CommandWords.Rewrite(root, words), CommandWords.Parser);
    }
}
