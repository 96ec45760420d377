using System.CommandLine;
using ModelOps.Cli.Help;
using ModelOps.Cli.Output;
using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Help;

public class HelpTests
{
    private static readonly RootCommand s_root = Application.Build(new Shell().Context());

    [Theory]
    [InlineData("", "root")]
    [InlineData("run", "run")]
    [InlineData("status", "status")]
    [InlineData("trust", "trust")]
    public void Help_looks_as_reviewed(string words, string name)
    {
        var verb = words.Length == 0 ? s_root : (Command)s_root.Subcommands.First(command => command.Name == words);
        Golden.Matches($"Cli.Tests/Help/Looks/{name}-80.txt", HelpText.Of(verb, 80, color: false));
    }

    [Fact]
    public void Every_verb_that_does_something_has_an_example_and_a_group() =>
        Assert.Empty(
            from verb in Below(s_root)
            where !CommandShape.Verbs(verb).Any() && VerbPages.Of(verb).Examples.Count == 0
            select CommandWords.Words(verb));

    [Fact]
    public void Every_verb_of_the_program_is_listed_under_one_purpose()
    {
        var help = HelpText.Of(s_root, 200, color: false);
        Assert.All(
            CommandShape.Verbs(s_root),
            verb => Assert.Single(help.Split('\n'), line => line.StartsWith($"  {verb.Name} ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(200)]
    public void Help_of_every_verb_fits_but_for_words_and_examples_that_are_copied(int columns) =>
        Assert.All(Below(s_root), verb => Assert.All(
            HelpText.Of(verb, columns, color: false).Split("\nExample")[0].Split('\n'),
            line => Assert.True(
                TextCells.Of(line) <= Math.Min(columns, 100) || line.Trim().Split("  ")[^1].Trim().Split(' ').Length <= 4, line)));

    [Fact]
    public void Titles_are_set_off_where_there_is_colour()
    {
        var plain = HelpText.Of(s_root, 80, color: false);
        Assert.DoesNotContain('\e', plain);
        Assert.Equal(plain, HelpText.Of(s_root, 80, color: true).Replace("\e[1m", "").Replace("\e[0m", ""));
    }

    private static IEnumerable<Command> Below(Command command) =>
        CommandShape.Verbs(command).SelectMany(verb => Below(verb).Prepend(verb));
}
