using System.CommandLine;
using ModelOps.Cli.Help;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops man [VERB]</c>: manual pages, which are made from the same words as the help.</summary>
internal static class ManCommand
{
    internal static Command Create(CliContext context, RootCommand root)
    {
        var verb = new Argument<string[]>("VERB")
        {
            Description = "The verb, or the words of one; without it the page of the program",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var into = new Option<string?>("--into") { Description = "Write every page into this folder instead", HelpName = "DIR" };
        var command = new Command("man", "Print a manual page, for 'man -l -'") { verb, into };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(into) is { } folder)
                return WriteAll(context, root, context.FullPath(folder));
            context.ExactOut.Write(ManPage.Of(Find(root, parsed.GetValue(verb)!), ProductVersion.Text));
            return ExitCode.Done;
        });
        return command;
    }

    private static int WriteAll(CliContext context, RootCommand root, string folder)
    {
        var pages = Below(root).Prepend(root).ToArray();
        Directory.CreateDirectory(folder);
        foreach (var page in pages)
            File.WriteAllText(Path.Combine(folder, ManPage.FileName(page)), ManPage.Of(page, ProductVersion.Text));
        context.Error.WriteLine($"{pages.Length} pages are in {folder}");
        return ExitCode.Done;
    }

    private static Command Find(RootCommand root, IReadOnlyList<string> words)
    {
        Command found = root;
        foreach (var word in words)
        {
            found = found.Subcommands.FirstOrDefault(verb => !verb.Hidden && (verb.Name == word || verb.Aliases.Contains(word)))
                ?? throw new CliException(ExitCode.Usage, $"there is no verb '{string.Join(' ', words)}'");
        }

        return found;
    }

    private static IEnumerable<Command> Below(Command command) =>
        CommandShape.Verbs(command).SelectMany(verb => Below(verb).Prepend(verb));
}
