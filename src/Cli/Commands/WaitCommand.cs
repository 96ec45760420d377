using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Times;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops wait</c>: returns when something holds, for scripts.</summary>
internal static class WaitCommand
{
    // Shorter than the client's limit for one answer.
    private static readonly TimeSpan s_oneWait = TimeSpan.FromSeconds(20);

    internal static Command Create(CliContext context)
    {
        var host = Shared.Host();
        var output = Shared.OutputFormat();
        var what = new Option<string>("--for")
        {
            Description = WaitCondition.Known,
            Required = true,
            HelpName = "CONDITION",
        };
        var timeout = new Option<string>("--timeout")
        {
            Description = "How long; a bare number is seconds",
            DefaultValueFactory = _ => "5m",
            HelpName = "DURATION",
        };
        var command = new Command("wait", "Wait until something holds: for scripts") { what, timeout, host, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var condition = parsed.GetValue(what)!;
            if (!WaitCondition.TryParse(condition, out _, out var problem))
                throw new CliException(ExitCode.Usage, $"--for {problem}");
            var limit = ControlOptions.Duration("--timeout", parsed.GetValue(timeout)!);
            using var client = Shared.Connect(context, parsed.GetValue(host));
            var isMet = await WaitAsync(context, client, condition, limit, cancellationToken);
            DataText.Print(context, parsed.GetValue(output)!, new JsonObject { ["for"] = condition, ["met"] = isMet });
            if (isMet)
                return ExitCode.Done;
            throw new CliException(
                ExitCode.Timeout, $"not {condition} within {Durations.Format(limit)}; 'modelops status' shows what it waits for");
        });
        return command;
    }

    private static async Task<bool> WaitAsync(
        CliContext context, ApiClient client, string condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        var until = context.Time.GetUtcNow() + limit;
        while (true)
        {
            var left = until - context.Time.GetUtcNow();
            var wait = left < TimeSpan.Zero ? TimeSpan.Zero : left < s_oneWait ? left : s_oneWait;
            try
            {
                var reply = await client.GetAsync(
                    $"modelops/v1/wait?for={Uri.EscapeDataString(condition)}&timeout={(long)wait.TotalMilliseconds}ms", ReplyShapes.Waited,
                    cancellationToken);
                if ((bool)reply["met"]!)
                    return true;
            }
            catch (ApiException error) when (error.Status is HttpStatusCode.Conflict or HttpStatusCode.BadRequest)
            {
                throw new CliException(ExitCode.Usage, error.Message, error);
            }

            if (context.Time.GetUtcNow() >= until)
                return false;
        }
    }
}
