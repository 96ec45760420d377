using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;

namespace ModelOps.Cli.Help;

/// <summary>The words of commands, arguments and options as help and manual pages write them.</summary>
internal static class CommandShape
{
    /// <summary>The arguments that follow a verb: <c>MODEL [PROMPT...]</c>.</summary>
    internal static string Arguments(Command command) => string.Join(' ', command.Arguments.Select(Argument));

    /// <summary>One argument as a usage line has it.</summary>
    internal static string Argument(Argument argument)
    {
        var name = Name(argument) + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
        return argument.Arity.MinimumNumberOfValues == 0 || argument.HasDefaultValue ? $"[{name}]" : name;
    }

    /// <summary>What stands for an argument: <c>MODEL</c>, or the few words that it may be.</summary>
    internal static string Name(Argument argument) =>
        argument.HelpName ?? (Values(argument) is { Count: > 0 } values ? string.Join('|', values) : argument.Name);

    /// <summary>An option and its value, the short form first: <c>-o, --output FORMAT</c>.</summary>
    internal static string Option(Option option)
    {
        var names = option.Aliases.Append(option.Name).Distinct(StringComparer.Ordinal)
            .Where(name => name is not ("-?" or "/?" or "/h"))
            .OrderBy(name => name.Length);
        var value = option is HelpOption or VersionOption || IsFlag(option) ? "" : " " + Value(option);
        return string.Join(", ", names) + value;
    }

    /// <summary>What stands for the value of an option.</summary>
    internal static string Value(Option option) => option.HelpName ?? option.Name.TrimStart('-').ToUpperInvariant();

    /// <summary>It is there or not, without a value.</summary>
    internal static bool IsFlag(Option option) => option.ValueType == typeof(bool) || option.ValueType == typeof(bool?);

    /// <summary>What a symbol does, with what holds when it is not given.</summary>
    internal static string Description(Symbol symbol)
    {
        var text = symbol.Description ?? "";
        var standard = symbol switch
        {
            Option<string> { HasDefaultValue: true } option => (string?)option.GetDefaultValue(),
            Argument<string> { HasDefaultValue: true } argument => (string?)argument.GetDefaultValue(),
            _ => null,
        };
        return string.IsNullOrEmpty(standard) ? text : $"{text} [default: {standard}]";
    }

    /// <summary>The verbs below a command that are shown, in their order.</summary>
    internal static IEnumerable<Command> Verbs(Command command) => command.Subcommands.Where(verb => !verb.Hidden);

    /// <summary>The options that are shown, those of all verbs last.</summary>
    internal static IEnumerable<Option> Options(Command command) =>
        command.Options.Where(option => !option.Hidden).Concat(Shared(command)).Distinct();

    /// <summary>The words that an argument may be, where they are few.</summary>
    internal static IReadOnlyList<string> Values(Argument argument) =>
        [.. argument.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];

    private static IEnumerable<Option> Shared(Command command) =>
        command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive && !option.Hidden)
            .Concat(Shared(parent)));
}
