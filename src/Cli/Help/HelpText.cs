using System.CommandLine;
using System.Text;
using ModelOps.Cli.Output;

namespace ModelOps.Cli.Help;

/// <summary>The help of a command, as a function of its symbols and of the width of the terminal.</summary>
internal static class HelpText
{
    private const int Indent = 2;
    private const int Gap = 2;
    private const int WidestName = 26;
    private const int UsualColumns = 100;

    /// <param name="command">The verb, or the program.</param>
    /// <param name="columns">How wide a line may be.</param>
    /// <param name="color">Whether titles are set off.</param>
    internal static string Of(Command command, int columns, bool color)
    {
        var text = new StringBuilder();
        var width = Math.Clamp(columns, 40, UsualColumns);
        var words = command is RootCommand ? "" : CommandWords.Words(command) + " ";
        text.Append(LineWrap.Of(command.Description ?? "", width, 0)).Append('\n');

        Title("Usage");
        var verbs = CommandShape.Verbs(command).ToArray();
        var arguments = CommandShape.Arguments(command);
        var usage = verbs.Length > 0 ? "VERB [OPTIONS]" : $"{arguments} [OPTIONS]".TrimStart();
        text.Append(' ', Indent).Append($"modelops {words}{usage}\n");
        if (command.Aliases.Count > 0)
            text.Append(' ', Indent).Append($"also called {string.Join(", ", command.Aliases)}\n");

        if (command is RootCommand)
        {
            var widest = verbs.Max(verb => verb.Name.Length);
            foreach (var (group, title) in VerbPages.Groups)
                Table(title, verbs.Where(verb => VerbPages.Of(verb).Group == group).Select(Entry), widest);
        }
        else
            Table("Verbs", verbs.Select(Entry));

        Table("Arguments", command.Arguments.Select(argument => (CommandShape.Name(argument), CommandShape.Description(argument))));
        Table("Options", CommandShape.Options(command).Select(option => (CommandShape.Option(option), CommandShape.Description(option))));
        Examples(command is RootCommand ? VerbPages.Beginning : VerbPages.Of(command).Examples);
        return text.ToString();

        void Title(string title) => text.Append('\n').Append(Paint.Bold(title, color)).Append('\n');

        static (string Name, string Description) Entry(Command verb) => (verb.Name, verb.Description ?? "");

        void Table(string title, IEnumerable<(string Name, string Description)> entries, int widest = 0)
        {
            var rows = entries.ToArray();
            if (rows.Length == 0)
                return;
            Title(title);
            var column = Indent + Math.Min(WidestName, Math.Max(widest, rows.Max(row => row.Name.Length))) + Gap;
            foreach (var (name, description) in rows)
            {
                // A name that is too long has a line of its own.
                var head = new string(' ', Indent) + name;
                if (head.Length + Gap > column)
                    text.Append(head).Append('\n').Append(LineWrap.Of(new string(' ', column) + description, width, column)).Append('\n');
                else
                    text.Append(LineWrap.Of(head.PadRight(column) + description, width, column)).Append('\n');
            }
        }

        void Examples(IReadOnlyList<string> lines)
        {
            if (lines.Count == 0)
                return;
            Title(lines.Count == 1 ? "Example" : "Examples");
            foreach (var line in lines)
                text.Append(' ', Indent).Append(line).Append('\n');
        }
    }
}
