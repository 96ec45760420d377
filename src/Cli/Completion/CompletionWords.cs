using System.CommandLine;
using System.CommandLine.Completions;
using ModelOps.Cli.Help;

namespace ModelOps.Cli.Completion;

/// <summary>What may stand at the end of a command line.</summary>
/// <param name="Words">Words and what they are.</param>
/// <param name="Names">Names of models are to be added, which the server knows.</param>
internal sealed record Candidates(IReadOnlyList<(string Word, string Meaning)> Words, ModelNames Names = ModelNames.None);

/// <summary>Which models may be named.</summary>
internal enum ModelNames
{
    None,
    Stored,
    Loaded,
}

/// <summary>Completes a command line as a function of the verbs, without asking anybody.</summary>
internal static class CompletionWords
{
    private static readonly Candidates s_nothing = new([]);

    /// <param name="root">The program.</param>
    /// <param name="words">The words after its name; the last one is the one to complete, perhaps empty.</param>
    internal static Candidates Of(RootCommand root, IReadOnlyList<string> words)
    {
        Command command = root;
        var taken = 0;
        Option? open = null;
        var onlyTexts = false;
        foreach (var word in words.SkipLast(1))
        {
            if (open is not null)
                open = null;
            else if (onlyTexts || !word.StartsWith('-'))
            {
                if (taken == 0 && Verb(command, word) is { } verb)
                    command = verb;
                else
                    taken++;
            }
            else if (word == "--")
                onlyTexts = true;
            else
                open = word.Contains('=', StringComparison.Ordinal) ? null : WithValue(command, word);
        }

        var last = words.Count > 0 ? words[^1] : "";
        if (open is not null)
            return Begin(Values(open), last);
        if (!onlyTexts && last.StartsWith('-'))
            return AfterDash(command, last);
        var verbs = CommandShape.Verbs(command).Select(verb => (verb.Name, verb.Description ?? "")).ToArray();
        if (verbs.Length > 0 && taken == 0)
            return Begin(verbs, last);
        return Argument(command, taken) is { } argument
            ? Begin(CommandShape.Values(argument).Select(value => (value, "")), last) with { Names = NamesOf(command, argument) }
            : s_nothing;
    }

    private static Candidates AfterDash(Command command, string last)
    {
        if (last.Split('=', 2) is [var name, var begun] && WithValue(command, name) is { } option)
        {
            return new Candidates(
                [.. Begin(Values(option), begun).Words.Select(value => ($"{name}={value.Word}", value.Meaning))]);
        }

        return Begin(
            CommandShape.Options(command).SelectMany(option => option.Aliases.Append(option.Name)
                .Where(word => word.StartsWith(last.StartsWith("--", StringComparison.Ordinal) ? "--" : "-", StringComparison.Ordinal))
                .Select(word => (word, option.Description ?? ""))),
            last);
    }

    private static Candidates Begin(IEnumerable<(string Word, string Meaning)> words, string begun) =>
        new([.. words.Where(word => word.Word.StartsWith(begun, StringComparison.Ordinal) && word.Word is not ("-?" or "/?" or "/h"))]);

    private static Command? Verb(Command command, string word) =>
        command.Subcommands.FirstOrDefault(verb => verb.Name == word || verb.Aliases.Contains(word));

    private static Option? WithValue(Command command, string word) => CommandShape.Options(command).FirstOrDefault(
        option => (option.Name == word || option.Aliases.Contains(word)) && option.Arity.MinimumNumberOfValues > 0);

    private static IEnumerable<(string Word, string Meaning)> Values(Option option) =>
        option.GetCompletions(CompletionContext.Empty).Select(item => (item.Label, ""));

    /// <summary>The argument that the next word is of; the last one may take several.</summary>
    private static Argument? Argument(Command command, int taken) =>
        taken < command.Arguments.Count ? command.Arguments[taken]
        : command.Arguments is [.., var last] && last.Arity.MaximumNumberOfValues > 1 ? last
        : null;

    private static ModelNames NamesOf(Command command, Argument argument) => (command.Name, argument.Name) switch
    {
        ("stop", "MODEL") => ModelNames.Loaded,
        ("create" or "pull", _) => ModelNames.None,
        ("cp", "SOURCE") or (_, "MODEL" or "PREFIX") => ModelNames.Stored,
        _ => ModelNames.None,
    };
}
