using System.CommandLine;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Verification;
using ModelOps.Reconciler.Times;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops gc</c>: removes what no model needs.</summary>
internal static class GcCommand
{
    internal static Command Create(CliContext context)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell what would be removed" };
        var grace = new Option<string>("--grace")
        {
            Description = "Leave files that are younger",
            DefaultValueFactory = _ => "1h",
            HelpName = "DURATION",
        };
        var host = Shared.Host();
        var store = StoreChoice.Option();
        var output = Shared.OutputFormat();
        var command = new Command("gc", "Remove blobs that no model uses, and what broken-off writes and downloads left")
        {
            dryRun, grace, host, store, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!GoDuration.TryParse(parsed.GetValue(grace)!, out var age) || age < TimeSpan.Zero)
                throw new CliException(ExitCode.Usage, $"--grace '{parsed.GetValue(grace)}' is no duration; write 30m or 24h");
            using var client = Shared.Connect(context, parsed.GetValue(host));
            var options = new GarbageOptions { DryRun = parsed.GetValue(dryRun), Grace = age };
            var folder = parsed.GetValue(store);

            // Nothing is removed from a folder that was not named, since a server at another address may use it.
            var local = options.DryRun || folder is not null
                ? await StoreChoice.FindAsync(context, client, parsed.GetValue(host), folder, cancellationToken)
                : null;
            var report = local is null ? await AskAsync(client, options, cancellationToken) : Collect(context, local, options);
            if (!DataText.Print(context, parsed.GetValue(output)!, report))
                Print(context, report, options.DryRun);
            return options.DryRun || (bool)report["removed"]! ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<JsonNode> AskAsync(ApiClient client, GarbageOptions options, CancellationToken cancellationToken)
    {
        var seconds = (int)Math.Min(options.Grace.TotalSeconds, int.MaxValue);
        var body = new JsonObject { ["dry_run"] = options.DryRun, ["grace_seconds"] = seconds };
        return await client.SendAsync(HttpMethod.Post, "modelops/v1/gc", body, ReplyShapes.Garbage, cancellationToken);
    }

    private static JsonObject Collect(CliContext context, LocalStore store, GarbageOptions options) =>
        ReportJson.Of(new GarbageCollector(store, context.Time).Collect(options));

    private static void Print(CliContext context, JsonNode report, bool dryRun)
    {
        var items = report["items"]!.AsArray();
        if (items.Count > 0)
        {
            var table = new TextTable("KIND", "SIZE", "FILE");
            foreach (var item in items)
                table.Add((string)item!["kind"]!, HumanText.Bytes((long)item["size"]!), (string)item["path"]!);
            context.Out.Write(table.ToText(context.OutColumns));
        }

        if ((string)report["reason"]! is { Length: > 0 } reason)
            context.Error.WriteLine($"Warning: {reason}");
        var removed = dryRun ? "would be removed" : (bool)report["removed"]! ? "removed" : "found, none removed";
        context.Out.WriteLine($"{CountText.Of(items.Count, "file")}, {HumanText.Bytes((long)report["bytes"]!)} {removed}");
    }
}
