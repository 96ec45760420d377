using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.Cli;

/// <summary>
/// What the words of a command line mean before any verb looks at them: flags take values with <c>=</c> only, and an unknown word is never
/// taken for something else.
/// </summary>
internal static class CommandWords
{
    // Words of other programs for verbs that have another name here.
    private static readonly Dictionary<string, string> OtherNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["version"] = "--version", ["delete"] = "rm", ["remove"] = "rm", ["copy"] = "cp", ["format"] = "fmt", ["check"] = "lint",
        ["validate"] = "lint", ["unload"] = "stop", ["chat"] = "run", ["images"] = "list", ["start-server"] = "serve",
    };

    /// <summary>A word that begins with <c>@</c> does not name a file with more words, since prompts may begin with it.</summary>
    internal static ParserConfiguration Parser { get; } = new() { ResponseFileTokenReplacer = null };

    /// <summary>
    /// No words at all and <c>help [VERB]</c> ask for help, <c>-v</c> for the version; a flag gets its value, so that the word after it
    /// stays what it is (<c>run M --think "why?"</c>). Words after <c>--</c> are left alone.
    /// </summary>
    internal static string[] Rewrite(RootCommand root, string[] args)
    {
        switch (args)
        {
            case [] or ["help"]:
                return ["--help"];
            case ["-v"]:
                return ["--version"];
            case ["help", .. var about]:
                return [.. about, "--help"];
        }

        if (Verb(root, args[0]) is not { } verb)
            return args;
        var command = args.Skip(1).TakeWhile(word => !LooksLikeOption(word))
            .Aggregate(verb, (found, word) => Verb(found, word) ?? found);
        var flags = command.Options
            .Where(option => option.Arity is { MinimumNumberOfValues: 0, MaximumNumberOfValues: 1 })
            .SelectMany(option => option.Aliases.Append(option.Name))
            .ToHashSet(StringComparer.Ordinal);
        var end = Array.IndexOf(args, "--") is >= 0 and var found ? found : args.Length;
        return [.. args.Select((word, index) => index < end && flags.Contains(word) ? word + "=true" : word)];
    }

    /// <summary>
    /// What is wrong with the words, a sentence each; empty when a verb can run. Asking for help does not make an unknown word known.
    /// </summary>
    internal static IReadOnlyList<string> Problems(RootCommand root, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command is RootCommand)
            return parsed.UnmatchedTokens is [var first, ..] ? [UnknownAtRoot(root, first)] : [.. parsed.Errors.Select(Sentence)];

        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens.FirstOrDefault(word => !LooksLikeOption(word)) is var below
            && (below is not null || !parsed.Tokens.Any(token => LooksLikeOption(token.Value))))
        {
            var known = command.Subcommands.Select(verb => verb.Name).ToArray();
            return below is null
                ? [$"'modelops {Words(command)}' needs one of: {string.Join(", ", known)}"]
                : [$"there is no verb '{Words(command)} {below}'" + Hint(Suggestion.For(below, known, acceptEqual: true))];
        }

        // A word that the parser does not know becomes an argument where one fits, and is left over elsewhere.
        var plain = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        var taken = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Where(token => plain.Contains(token) && LooksLikeOption(token.Value))
            .Select(token => token.Value)
            .ToList();
        var unmatched = parsed.UnmatchedTokens.Except(taken).ToList();
        List<string> problems =
        [
            .. BadFlags(command, [.. parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)]),
            .. taken.Concat(unmatched.Where(LooksLikeOption)).Distinct(StringComparer.Ordinal).Select(word => UnknownOption(command, word)),
            .. unmatched.Where(word => !LooksLikeOption(word)).Select(
                word => $"'{word}' is one word too many for 'modelops {Words(command)}'"),
        ];
        if (problems.Count > 0)
            return problems;

        // Whoever asks what a verb needs does not have it yet.
        if (parsed.Tokens.Any(token => token is { Type: TokenType.Option, Value: "--help" or "-h" or "-?" }))
            return [];
        var absent = command.Options.Where(option => option.Required && parsed.GetResult(option) is null or { Implicit: true })
            .Select(option => $"'modelops {Words(command)}' needs {option.Name} {option.HelpName}").ToList();
        return absent.Count > 0 ? absent : [.. parsed.Errors.Select(Sentence)];
    }

    /// <summary>A flag with <c>=</c> but without yes or no after it; the parser would take the next word as its value.</summary>
    private static IEnumerable<string> BadFlags(Command command, IReadOnlyList<Token> tokens)
    {
        for (var index = 0; index + 1 < tokens.Count; index++)
        {
            var (word, value) = (tokens[index], tokens[index + 1].Value);
            var isFlag = word.Type == TokenType.Option && command.Options.Any(option => IsFlag(option) && IsNamed(option, word.Value));
            if (isFlag && !bool.TryParse(value, out _))
                yield return $"{word.Value} is true or false, not '{value}'";
        }
    }

    private static bool IsFlag(Option option) => option.ValueType == typeof(bool) || option.ValueType == typeof(bool?);

    private static bool IsNamed(Option option, string word) => option.Name == word || option.Aliases.Contains(word);

    /// <summary>What the parser found, in the words of this program.</summary>
    private static string Sentence(ParseError error)
    {
        switch (error.SymbolResult)
        {
            case ArgumentResult { Tokens.Count: 0, Parent: CommandResult verb } missing:
                return $"'modelops {Words(verb.Command)}' needs {missing.Argument.Name}";
            case ArgumentResult { Tokens: [var word, ..], Parent: OptionResult option }:
                return Value(option, word.Value, error);
            case OptionResult { Tokens: [] } option:
                return $"{option.Option.Name} needs a value";
            case OptionResult { Tokens: [var word, ..] } option:
                return Value(option, word.Value, error);
            default:
                return OneLine(error.Message);
        }
    }

    private static string Value(OptionResult result, string word, ParseError error)
    {
        var type = Nullable.GetUnderlyingType(result.Option.ValueType) ?? result.Option.ValueType;
        if (type == typeof(int) && !int.TryParse(word, out _))
            return $"{result.Option.Name} '{word}' is no number, or too large a one";
        var known = result.Option.GetCompletions(CompletionContext.Empty).Select(item => item.Label).ToList();
        return known.Count > 0 && !known.Contains(word)
            ? $"{result.Option.Name} is {string.Join(", ", known.SkipLast(1))} or {known[^1]}, not '{word}'"
            + Hint(Suggestion.For(word, known))
            : OneLine(error.Message);
    }

    private static string OneLine(string text) =>
        string.Join(' ', text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>The words that call a verb: <c>lint</c>, <c>trust accept-rewind</c>.</summary>
    internal static string Words(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault(parent => parent is not RootCommand) is { } parent
            ? $"{Words(parent)} {command.Name}"
            : command.Name;

    private static Command? Verb(Command root, string word) =>
        root.Subcommands.FirstOrDefault(command => command.Name == word || command.Aliases.Contains(word));

    private static string UnknownAtRoot(RootCommand root, string word)
    {
        if (word.StartsWith('-'))
            return $"there is no option {NameOf(word)} before a verb" + Hint(Suggestion.For(NameOf(word), ["--help", "--version"]));
        var near = OtherNames.GetValueOrDefault(word)
            ?? Suggestion.For(
                word, root.Subcommands.SelectMany(command => command.Aliases.Prepend(command.Name)).Append("help"), acceptEqual: true);
        return $"there is no verb '{word}'" + Hint(near);
    }

    private static string UnknownOption(Command command, string word)
    {
        var name = NameOf(word);
        var known = command.Options.SelectMany(option => option.Aliases.Append(option.Name))
            .Where(option => option.StartsWith("--", StringComparison.Ordinal));
        var hint = Suggestion.For(name, known) is { } near ? Hint(near)
            : command.Arguments.Count > 0 ? "; write -- before a word that begins with '-'"
            : "";
        return $"'modelops {Words(command)}' has no option {name}{hint}";
    }

    private static string Hint(string? near) => near is null ? "" : $"; did you mean '{near}'?";

    /// <summary>
    /// A dash, a letter or a second dash, and no blank in the name: <c>-5</c>, <c>- a list</c> and <c>--what is this</c> are texts.
    /// </summary>
    private static bool LooksLikeOption(string word) =>
        word is ['-', '-' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'), ..] && !NameOf(word).Any(char.IsWhiteSpace);

    private static string NameOf(string word) => word.Split('=', 2)[0];
}
