using System.CommandLine;
using System.Text.Json;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops describe MODEL</c>: everything that is known of one managed model.</summary>
internal static class DescribeCommand
{
    internal static Command Create(CliContext context)
    {
        var model = Shared.Model("Name or alias of a managed model");
        var host = Shared.Host();
        var output = new OutputOptions();
        var command = new Command("describe", "Show everything that is known of a managed model") { model, host };
        output.AddTo(command, isTable: false, hasNames: false);
        command.SetAction((parsed, token) => output.ShowAsync(
            context, parsed,
            async (shown, shape, cancellationToken) =>
            {
                using var client = Shared.Connect(context, parsed.GetValue(host));
                var reply = await client.GetAsync(Managed.PathOf(parsed.GetValue(model)!), ReplyShapes.Model, cancellationToken);
                if (!shape.Data(shown, reply))
                {
                    var detail = reply.Deserialize(StatusJson.Default.ModelDetail)!;
                    shown.ExactOut.Write(ModelText.Describe(detail, context.Time.GetUtcNow(), context.OutColumns, context.UseColor));
                }

                return ExitCode.Done;
            },
            token));
        return command;
    }
}
