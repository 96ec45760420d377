using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops sync</c>: look at the source now, and wait until exactly that was done.</summary>
internal static class SyncCommand
{
    internal static Command Create(CliContext context)
    {
        var options = new ControlOptions();
        var model = new Option<string?>("--model") { Description = "Only this model decides how it ends", HelpName = "NAME" };
        var noWait = new Option<bool>("--no-wait") { Description = "Only ask for it" };
        var source = Shared.Source("Only this source is looked at");
        var command = new Command("sync", "Fetch and apply now") { model, source, noWait };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(options.Host));
            var body = ControlCommands.Of(parsed, source);
            if (parsed.GetValue(model) is { } name)
                body["model"] = name;
            if (parsed.GetValue(noWait))
            {
                var token = await options.PostAsync(parsed, client, "sync", body, cancellationToken);
                DataText.Print(context, parsed.GetValue(options.Output)!, new JsonObject { ["requested"] = true, ["token"] = token });
                return ExitCode.Done;
            }

            var handled = await options.AskAsync(context, parsed, client, "sync", body, cancellationToken);
            if (parsed.GetValue(options.Output) != "table")
                return options.Tell(context, parsed, handled);
            await ShowAsync(context, client, cancellationToken);
            return handled.Outcome == RequestOutcome.Done ? ExitCode.Done : options.Tell(context, parsed, handled);
        });
        return command;
    }

    private static async Task ShowAsync(CliContext context, ApiClient client, CancellationToken cancellationToken)
    {
        var reply = await client.GetAsync("modelops/v1/status", ReplyShapes.Status, cancellationToken);
        var status = reply.Deserialize(StatusJson.Default.DaemonStatus)!;
        context.ExactOut.Write(StatusText.Of(status, context.Time.GetUtcNow(), context.OutColumns, context.UseColor));
    }
}
