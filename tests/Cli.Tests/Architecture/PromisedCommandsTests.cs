using System.CommandLine;
using System.Text.RegularExpressions;
using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Architecture;

/// <summary>Words are promises: every command and option that the source or a document tells somebody to use is there.</summary>
public partial class PromisedCommandsTests
{
    // What begins like a command and is none.
    private static readonly string[] s_other = ["modelops build 1", "modelops ignore=", "for modelops but", "modelops worker"];

    private static readonly RootCommand s_root = Application.Build(Context());

    /// <summary>Programs of others whose options a sentence may name.</summary>
    private static readonly string[] s_foreign = ["convert_hf_to_gguf.py", "git lfs ", " lfs fetch", "git add ", "git fetch ", "gpg --"];

    private static readonly HashSet<string> s_options = [.. Below(s_root).SelectMany(OptionsOf)];

    [Fact]
    public void Every_verb_tells_its_help_to_who_does_not_know_what_it_needs() =>
        Assert.Empty(
            from verb in Below(s_root).Where(verb => verb is not RootCommand && !verb.Hidden)
            let words = $"{CommandWords.Words(verb)} --help".Split(' ')
            from problem in CommandWords.Problems(s_root, s_root.Parse(words, CommandWords.Parser))
            select problem);

    [Fact]
    public void Every_command_that_a_text_of_the_source_names_exists() =>
        Assert.Empty(
            from file in Source.Files()
            from literal in Marked().Matches(File.ReadAllText(file)).Select(match => match.Groups["text"].Value).Concat(LiteralsOf(file))
            from promise in Commands().Matches(literal)
            where !s_other.Any(other => literal.Contains(other, StringComparison.Ordinal))
            from problem in Problems(promise.Groups["rest"].Value)
            select $"{Path.GetFileName(file)}: {problem}: {literal}");

    [Fact]
    public void Every_command_that_a_message_quotes_works_as_it_is_printed() =>
        Assert.Empty(
            from file in Source.Files().Append(RepoRoot.Combine("packaging", "monitoring", "alerts.yaml"))
            from literal in LiteralsOf(file)
            from promise in Quoted().Matches(literal)
            where !s_other.Any(other => literal.Contains(other, StringComparison.Ordinal))
            from problem in ProblemsAsPrinted(promise.Groups["rest"].Value)
            select $"{Path.GetFileName(file)}: {problem}: {literal}");

    [Fact]
    public void Every_command_that_a_message_quotes_is_written_in_one_piece() =>
        Assert.Empty(
            from file in Source.Files()
            from literal in LiteralsOf(file)
            where Unfinished().IsMatch(literal)
            select $"{Path.GetFileName(file)}: {literal}");

    [Fact]
    public void Every_option_that_a_sentence_of_the_source_names_exists() =>
        Assert.Empty(
            from file in Source.Files()
            from literal in LiteralsOf(file)
            where literal.Count(character => character == ' ') >= 3
                && !s_foreign.Any(program => literal.Contains(program, StringComparison.Ordinal))
            from option in Options().Matches(literal)
            where !s_options.Contains(option.Value)
            select $"{Path.GetFileName(file)}: {option.Value}: {literal}");

    [Fact]
    public void Every_command_that_a_document_names_exists() =>
        Assert.Empty(
            from file in Documents()
            from command in CommandsOf(File.ReadAllLines(file))
            from problem in Problems(command)
            select $"{Path.GetRelativePath(RepoRoot.Path, file)}: {problem}: modelops {command}");

    [Theory]
    [InlineData("sync --accept-rewind abc", "--accept-rewind")]
    [InlineData("promote coder", "promote")]
    [InlineData("lint --format=sarif --nope", "--nope")]
    [InlineData("lint", null)]
    [InlineData("ls --output json", null)]
    [InlineData("trust accept-rewind --to COMMIT", null)]
    [InlineData("trust accept-rewinds --to COMMIT", "trust accept-rewinds")]
    [InlineData("trust accept-rewind --two COMMIT", "--two")]
    [InlineData("VERB --help", null)]
    [InlineData("--version", null)]
    public void What_does_not_exist_is_found(string command, string? problem) =>
        Assert.Equal(problem is null ? [] : [problem], Problems(command));

    [Theory]
    [InlineData("hold {name}", true)]
    [InlineData("hold", false)]
    [InlineData("trust accept-rewind --to {Short(tip)}", true)]
    [InlineData("trust accept-rewind {Short(tip)}", false)]
    [InlineData("release a b", false)]
    public void A_quoted_command_must_be_complete(string command, bool isRight) =>
        Assert.Equal(isRight, !ProblemsAsPrinted(command).Any());

    /// <summary>Holes of the message and words such as MODEL stand for any value; a verb that is a hole can be any verb.</summary>
    private static IEnumerable<string> ProblemsAsPrinted(string line)
    {
        var words = Hole().Replace(line, "x1").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [] or ["x1", ..] || Find(words[0]) is null
            ? []
            : CommandWords.Problems(s_root, s_root.Parse(CommandWords.Rewrite(s_root, words), CommandWords.Parser));
    }

    private static IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(verb => Below(verb).Prepend(verb));

    private static IEnumerable<string> Problems(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || Verb().Match(words[0]) is not { Success: true, Value: var verb })
        {
            // A placeholder.
            yield break;
        }

        if (Find(verb) is not { } command)
        {
            yield return verb;
            yield break;
        }

        foreach (var word in words.Skip(1).TakeWhile(_ => command.Subcommands.Count > 0))
        {
            if (command.Subcommands.FirstOrDefault(below => below.Name == Verb().Match(word).Value) is not { } below)
            {
                yield return $"{command.Name} {word}";
                yield break;
            }

            command = below;
        }

        foreach (var word in words)
        {
            if (Options().Match(word) is { Success: true, Value: var option } && !OptionsOf(command).Contains(option))
                yield return option;
        }
    }

    private static Command? Find(string verb) =>
        s_root.Subcommands.FirstOrDefault(command => command.Name == verb || command.Aliases.Contains(verb));

    private static IEnumerable<string> OptionsOf(Command command) =>
        command.Options.Concat(s_root.Options.Where(option => option.Recursive || command == s_root))
            .SelectMany(option => option.Aliases.Append(option.Name)).Concat(command.Subcommands.SelectMany(OptionsOf));

    private static IEnumerable<string> LiteralsOf(string file) =>
        File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .SelectMany(line => Literals().Matches(line)).Select(match => match.Groups["text"].Value);

    private static IEnumerable<string> Documents() =>
        new[] { "docs", "examples", "benchmarks" }
            .SelectMany(folder => Directory.EnumerateFiles(RepoRoot.Combine(folder), "*.md", SearchOption.AllDirectories))
            .Append(RepoRoot.Combine("README.md"));

    private static IEnumerable<string> CommandsOf(string[] lines)
    {
        var isCode = false;
        foreach (var line in lines)
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
                isCode = !isCode;
            else if (!line.Contains("# modelops", StringComparison.Ordinal))
            {
                foreach (Match match in (isCode ? InBlock() : Inline()).Matches(line))
                    yield return match.Groups["rest"].Value;
            }
        }
    }

    private static CliContext Context() => new()
    {
        Out = TextWriter.Null,
        Error = TextWriter.Null,
        In = TextReader.Null,
        Environment = _ => null,
        WorkingFolder = "/",
        UserHome = "/",
    };

    [GeneratedRegex("(?<![\\w./#-])modelops (?<rest>[a-z-][^'\"`|;&>#]*)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Commands();

    [GeneratedRegex("'modelops (?<rest>[a-z{][^']*)'", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Quoted();

    [GeneratedRegex("'modelops [^']+$", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Unfinished();

    [GeneratedRegex("\\{[^}]*\\}", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Hole();

    [GeneratedRegex("^[a-z][a-z-]*(?=$|[.,;:)])", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Verb();

    [GeneratedRegex("(?<![\\w-])--[a-z][a-z-]+", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Options();

    [GeneratedRegex("\"(?<text>([^\"\\\\]|\\\\.)*)\"", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Literals();

    [GeneratedRegex("<c>(?<text>[^<]*)</c>", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Marked();

    [GeneratedRegex("`modelops (?<rest>[^`|;&>]*)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Inline();

    [GeneratedRegex("(?:^|[\\s$/|;(]|&& )modelops (?<rest>[^`|;&>#]*)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex InBlock();
}
