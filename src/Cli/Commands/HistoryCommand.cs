using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops history</c>: how revisions and their models went.</summary>
internal static class HistoryCommand
{
    internal static Command Create(CliContext context)
    {
        var host = Shared.Host();
        var output = new OutputOptions();
        var model = new Option<string?>("--model") { Description = "Only rows of this model", HelpName = "MODEL" };
        var limit = EventsCommand.Limit("rows", 50);
        var command = new Command("history", "Show how revisions went, and the models that they changed") { model, limit, host };
        output.AddTo(command, isTable: true, hasNames: false);
        command.SetAction((parsed, token) => output.ShowAsync(
            context, parsed,
            async (shown, shape, cancellationToken) =>
            {
                using var client = Shared.Connect(context, parsed.GetValue(host));
                var path = Managed.Query(
                    "modelops/v1/history", ("model", parsed.GetValue(model)),
                    ("limit", parsed.GetValue(limit)?.ToString(CultureInfo.InvariantCulture)));
                var reply = await client.GetAsync(path, ReplyShapes.History, cancellationToken);
                if (!shape.Data(shown, reply["history"]!))
                {
                    var rows = reply["history"]!.AsArray().Select(row => row.Deserialize(StatusJson.Default.HistoryRecord)!).ToArray();
                    shown.ExactOut.Write(HistoryText.Of(rows, context.OutColumns, context.UseColor, shape.Headers));
                }

                return ExitCode.Done;
            },
            token));
        return command;
    }
}
