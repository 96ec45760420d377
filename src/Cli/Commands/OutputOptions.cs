using System.CommandLine;
using System.Text.Json.Nodes;
using ModelOps.Cli.Output;

namespace ModelOps.Cli.Commands;

/// <summary>How a verb that shows something shows it: as a table or as data, once or again and again.</summary>
internal sealed class OutputOptions
{
    private readonly Option<string> _format = Shared.OutputFormat();

    private readonly Option<bool> _noHeaders = new("--no-headers") { Description = "Leave the line above a table out" };

    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print names only, one a line" };

    private readonly Option<bool> _watch = new("--watch")
    {
        Description = "Show it again when it changes, until Ctrl-C: in place on a terminal, below each other elsewhere",
    };

    /// <summary>Adds them to a verb.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="isTable">What it shows is a table.</param>
    /// <param name="hasNames">Its first column names what the lines are about.</param>
    internal void AddTo(Command command, bool isTable, bool hasNames)
    {
        command.Options.Add(_format);
        if (isTable)
            command.Options.Add(_noHeaders);
        if (hasNames)
            command.Options.Add(_quiet);
        command.Options.Add(_watch);
    }

    /// <summary>Shows something, once or again and again.</summary>
    /// <param name="context">The process.</param>
    /// <param name="parsed">The words.</param>
    /// <param name="show">Asks for it and prints it on the output that it is given; returns what to exit with.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal Task<int> ShowAsync(
        CliContext context, ParseResult parsed, Func<CliContext, Shape, CancellationToken, Task<int>> show,
        CancellationToken cancellationToken)
    {
        var shape = new Shape(parsed.GetValue(_format)!, !parsed.GetValue(_noHeaders), parsed.GetValue(_quiet));
        return parsed.GetValue(_watch)
            ? Watching.RunAsync(context, (output, token) => show(output, shape, token), cancellationToken)
            : show(context, shape, cancellationToken);
    }

    /// <summary>What was chosen.</summary>
    /// <param name="Format"><c>table</c>, <c>json</c> or <c>yaml</c>.</param>
    /// <param name="Headers">Tables have a line above.</param>
    /// <param name="NamesOnly">Only names are printed.</param>
    internal sealed record Shape(string Format, bool Headers, bool NamesOnly)
    {
        /// <summary>Prints data, when that was chosen; else false.</summary>
        internal bool Data(CliContext context, JsonNode node) => DataText.Print(context, Format, node);

        /// <summary>Prints a list: as data, as names, or as a table that fits.</summary>
        internal void List(CliContext context, IReadOnlyCollection<JsonNode> items, Func<JsonNode, string> name, Func<TextTable> table)
        {
            if (NamesOnly)
            {
                foreach (var item in items)
                    context.Out.WriteLine(name(item));
            }
            else if (!Data(context, new JsonArray([.. items.Select(item => item.DeepClone())])))
                Table(context, table());
        }

        /// <summary>Prints a table: for people so that it fits, into a pipe as the reference does.</summary>
        internal void Table(CliContext context, TextTable table) => context.Out.Write(
            context.OutHasColumns ? table.ToText(context.OutColumns, headers: Headers) : table.ToString(Headers));
    }
}
