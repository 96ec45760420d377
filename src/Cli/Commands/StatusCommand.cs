using System.CommandLine;
using System.Text.Json;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops status</c>: what git wants, what is in force, and why they differ.</summary>
internal static class StatusCommand
{
    internal static Command Create(CliContext context)
    {
        var host = Shared.Host();
        var output = new OutputOptions();
        var command = new Command("status", "Show what git asks for, what is served, and what is wrong") { host };
        output.AddTo(command, isTable: false, hasNames: false);
        command.SetAction((parsed, token) => output.ShowAsync(
            context, parsed,
            async (shown, shape, cancellationToken) =>
            {
                using var client = Shared.Connect(context, parsed.GetValue(host));
                var reply = await client.GetAsync("modelops/v1/status", ReplyShapes.Status, cancellationToken);
                var status = reply.Deserialize(StatusJson.Default.DaemonStatus)!;
                if (!shape.Data(shown, reply))
                    shown.ExactOut.Write(StatusText.Of(status, context.Time.GetUtcNow(), context.OutColumns, context.UseColor));
                return StatusText.IsGood(status) ? ExitCode.Done : ExitCode.Failed;
            },
            token));
        return command;
    }
}
