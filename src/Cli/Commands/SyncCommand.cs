using System.CommandLine;
using System.Text.Json;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops sync</c>: look at the source now, and wait until what it asks for is in force.</summary>
internal static class SyncCommand
{
    internal static Command Create(CliContext context)
    {
        var host = Shared.Host();
        var timeout = new Option<int>("--timeout")
        {
            Description = "Seconds to wait",
            DefaultValueFactory = _ => 300,
            HelpName = "SECONDS",
        };
        var noWait = new Option<bool>("--no-wait") { Description = "Only ask for it" };
        var command = new Command("sync", "Fetch and apply now") { host, timeout, noWait };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(timeout) < 0)
            {
                throw new CliException(
                    ExitCode.Usage, $"--timeout {parsed.GetValue(timeout)} is no time to wait; write a number of seconds, or --no-wait");
            }

            using var client = Shared.Connect(context, parsed.GetValue(host));
            var asked = context.Time.GetUtcNow();
            await client.SendAsync(HttpMethod.Post, "modelops/v1/sync", body: null, ReplyShapes.Requested, cancellationToken);
            if (parsed.GetValue(noWait))
                return ExitCode.Done;
            var status = await WaitAsync(context, client, asked, TimeSpan.FromSeconds(parsed.GetValue(timeout)), cancellationToken);
            context.Out.Write(StatusText.Of(status, context.Time.GetUtcNow(), context.OutColumns));
            if (StatusText.IsGood(status) && status.Source?.Error is null)
                return ExitCode.Done;

            // When the revision is bad, the source is not at fault: it answered.
            return status.Source?.Error is null || status.Conditions.Any(condition => condition is { Type: ConditionType.Stalled, Status: true })
                ? ExitCode.Failed
                : ExitCode.Source;
        });
        return command;
    }

    /// <summary>Polls until the source was looked at after the request and everything that it asks for is settled.</summary>
    private static async Task<DaemonStatus> WaitAsync(
        CliContext context, ApiClient client, DateTimeOffset asked, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), context.Time);
        while (true)
        {
            var reply = await client.GetAsync("modelops/v1/status", ReplyShapes.Status, cancellationToken);
            var status = reply.Deserialize(StatusJson.Default.DaemonStatus)!;
            if (status.Source is null)
                throw new CliException(ExitCode.Usage, "the server has no source; start it with 'modelops serve SOURCE'");
            var looked = status.Source.LastFetch >= asked;
            var settled = status.Ready || status.Source.Error is not null || status.Health is HealthState.Degraded or HealthState.Missing;
            if (looked && settled)
                return status;
            if (context.Time.GetUtcNow() - asked > limit)
            {
                throw new CliException(
                    ExitCode.Timeout, $"not in force after {limit.TotalSeconds:F0} s; 'modelops status' shows what it waits for");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }
}
