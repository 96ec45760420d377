using System.CommandLine;
using System.Globalization;
using System.Text;

namespace ModelOps.Cli.Help;

/// <summary>The manual page of a verb, or of the program, made from the same words as the help.</summary>
internal static class ManPage
{
    private static readonly (string Code, string Meaning)[] s_codes =
    [
        ("0", "Done, or nothing to do."),
        ("1", "The check or the operation failed: of run, create, show, list, ps, pull, push, cp, rm and stop the only code but 0."),
        ("2", "Changes are present, where --detailed-exitcode asks for that."),
        ("3", "The command line or a configuration is wrong."),
        ("4", "The source cannot be read: git, the network, a host key."),
        ("5", "Refused by verification or policy."),
        ("6", "It does not fit into memory or onto the disk."),
        ("7", "Not done in time."),
        ("8", "Done for some models, not for others."),
        ("9", "No server answers, or another instance holds the lock."),
        ("10", "A plan or an approval is out of date."),
        ("130, 143", "Interrupted, or asked to end."),
    ];

    private static readonly (string Name, string Meaning)[] s_variables =
    [
        ("OLLAMA_HOST", "Address of the server, for verbs that ask it and for the server itself."),
        ("MODELOPS_HOME", "Folder of state and models, ~/.modelops by default."),
        ("MODELOPS_CONFIG", "Configuration file of the machine."),
        ("OLLAMA_NOHISTORY", "A conversation does not remember what was asked."),
        ("NO_COLOR, CLICOLOR_FORCE", "No colours at all; colours in pipes too."),
        ("COLUMNS", "Columns that results may take where there is no terminal."),
        ("VISUAL, EDITOR", "Editor for a message of a conversation."),
    ];

    /// <summary>Name of the page's file.</summary>
    internal static string FileName(Command command) => Title(command) + ".1";

    /// <summary>The page in the language of man.</summary>
    internal static string Of(Command command, string version)
    {
        var page = new StringBuilder();
        var name = Title(command).ToUpperInvariant();
        page.Append(CultureInfo.InvariantCulture, $".TH \"{name}\" 1 \"\" \"modelops {Safe(version)}\" \"ModelOps\"\n");
        Heading("NAME");
        page.Append($"{Safe(Title(command))} \\- {Safe(command.Description ?? "")}\n");
        Heading("SYNOPSIS");
        var words = command is RootCommand ? "modelops" : "modelops " + CommandWords.Words(command);
        var verbs = CommandShape.Verbs(command).ToArray();
        var arguments = verbs.Length > 0 ? "VERB" : CommandShape.Arguments(command);
        page.Append($".B {Safe(words)}\n{Safe($"{arguments} [OPTIONS]".TrimStart())}\n");
        if (command is RootCommand)
        {
            foreach (var (group, title) in VerbPages.Groups)
                Entries(title.ToUpperInvariant(), verbs.Where(verb => VerbPages.Of(verb).Group == group).Select(Verb));
        }
        else
            Entries("VERBS", verbs.Select(Verb));

        Entries("ARGUMENTS", command.Arguments.Select(argument => (CommandShape.Name(argument), CommandShape.Description(argument))));
        Entries("OPTIONS", CommandShape.Options(command).Select(option => (CommandShape.Option(option), CommandShape.Description(option))));
        if (command is RootCommand)
        {
            Entries("EXIT STATUS", s_codes);
            Entries("ENVIRONMENT", s_variables);
        }

        var examples = command is RootCommand ? VerbPages.Beginning : VerbPages.Of(command).Examples;
        if (examples.Count > 0)
        {
            Heading("EXAMPLES");
            page.Append(".nf\n").AppendJoin('\n', examples.Select(Safe)).Append("\n.fi\n");
        }

        Heading("SEE ALSO");
        IEnumerable<Command> others = command is RootCommand ? verbs : verbs.Concat(command.Parents.OfType<Command>());
        var titles = others.Select(Title).ToArray();
        for (var at = 0; at < titles.Length; at++)
            page.Append($".BR {Safe(titles[at])} (1){(at < titles.Length - 1 ? "," : "")}\n");
        return page.ToString();

        void Heading(string title) => page.Append($".SH {Safe(title)}\n");

        static (string Name, string Text) Verb(Command verb) => (verb.Name, verb.Description ?? "");

        void Entries(string title, IEnumerable<(string Name, string Text)> entries)
        {
            var rows = entries.ToArray();
            if (rows.Length == 0)
                return;
            Heading(title);
            foreach (var (term, text) in rows)
                page.Append($".TP\n.B {Safe(term)}\n{Safe(text)}\n");
        }
    }

    private static string Title(Command command) =>
        command is RootCommand ? "modelops" : "modelops-" + CommandWords.Words(command).Replace(' ', '-');

    /// <summary>A text in which nothing is a command of the formatter.</summary>
    private static string Safe(string text)
    {
        var safe = new StringBuilder(text.Length + 8);
        if (text.StartsWith('.') || text.StartsWith('\''))
            safe.Append("\\&");
        foreach (var rune in text.EnumerateRunes())
        {
            safe.Append(rune.Value switch
            {
                '\\' => "\\e",
                '-' => "\\-",
                '"' => "\\(dq",
                '\'' => "\\(aq",
                '`' => "\\(ga",
                '^' => "\\(ha",
                '~' => "\\(ti",
                '\n' => " ",
                > 0x7E => $"\\[u{rune.Value:X4}]",
                _ => rune.ToString(),
            });
        }

        return safe.ToString();
    }
}
