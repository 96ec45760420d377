using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops events</c>: what happened, and with <c>--follow</c> what happens.</summary>
internal static class EventsCommand
{
    internal static Command Create(CliContext context)
    {
        var host = Shared.Host();
        var output = Shared.OutputFormat();
        output.Description = "'table' for people; 'json' for programs, one object a line, or 'yaml', one document each";
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with events as they come" };
        var model = new Option<string?>("--model") { Description = "Only events of this model and its aliases", HelpName = "MODEL" };
        var since = new Option<string?>("--since")
        {
            Description = "Only events of the last DURATION (10m, 24h, 7d), or from a time on (2030-01-31T12:00:00Z)",
            HelpName = "DURATION",
        };
        var limit = Limit("events", 256);
        var command = new Command("events", "Show what happened to the models that git declares")
        {
            follow, model, since, limit, host, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(host));
            var path = Managed.Query("modelops/v1/events", ("model", parsed.GetValue(model)));
            var first = Managed.Query(
                path, ("follow", "false"), ("since", parsed.GetValue(since)),
                ("limit", parsed.GetValue(limit)?.ToString(CultureInfo.InvariantCulture)));
            var format = parsed.GetValue(output)!;
            var reply = await client.GetAsync(first, ReplyShapes.Events, cancellationToken);
            var last = 0L;
            foreach (var item in reply["events"]!.AsArray())
                last = Print(context, item!, format);
            if (!parsed.GetValue(follow))
                return ExitCode.Done;
            await foreach (var item in client.FollowAsync(path, last, cancellationToken))
            {
                Print(context, item, format);
                await context.Out.FlushAsync(cancellationToken);
                if (context.OutIsUnread())
                    return ExitCode.Done;
            }

            throw new CliException(ExitCode.NotReachable, "the server has ended, and with it its events");
        });
        return command;
    }

    /// <summary><c>--limit</c> of what is listed.</summary>
    internal static Option<int?> Limit(string what, int standard) =>
        new("--limit") { Description = $"At most that many {what}, the newest [default: {standard}]", HelpName = "COUNT" };

    private static long Print(CliContext context, JsonNode item, string format)
    {
        if (format == "yaml")
            context.Out.WriteLine("---");
        if (!DataText.Print(context, format, item))
        {
            var record = item.Deserialize(StatusJson.Default.EventRecord)!;
            context.ExactOut.Write(EventText.Of(record, context.OutColumns, context.UseColor));
        }

        return (long)item["id"]!;
    }
}
