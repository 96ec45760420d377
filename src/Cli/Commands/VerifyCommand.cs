using System.CommandLine;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Hosting;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Verification;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops verify</c>: reads every blob again and compares it with its name.</summary>
internal static class VerifyCommand
{
    internal static Command Create(CliContext context)
    {
        var model = new Argument<string?>("MODEL") { Description = "Only the blobs of this model", Arity = ArgumentArity.ZeroOrOne };
        var keep = new Option<bool>("--report-only")
        {
            Description = "Leave damaged blobs where they are [default: they are set aside, and fetched or built again when needed]",
        };
        var limit = new Option<string?>("--limit")
        {
            Description = "Read no more than this in a second, e.g. 200MB [default: 150MB by a server, else no limit]",
            HelpName = "SIZE",
        };
        var host = Shared.Host();
        var store = StoreChoice.Option();
        var output = Shared.OutputFormat();
        var command = new Command("verify", "Check that every blob of the store has the content that its name says")
        {
            model, keep, limit, host, store, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(host));
            long? bytesPerSecond = parsed.GetValue(limit) is { } text ? Rate(text) : null;
            var display = new ProgressDisplay(context);
            var local = await StoreChoice.FindAsync(context, client, parsed.GetValue(host), parsed.GetValue(store), cancellationToken);
            var report = local is null
                ? await AskAsync(client, display, parsed.GetValue(model), bytesPerSecond, !parsed.GetValue(keep), cancellationToken)
                : await ReadAsync(
                    context, local, display, parsed.GetValue(model), new VerifyOptions(bytesPerSecond ?? 0, !parsed.GetValue(keep)),
                    cancellationToken);
            display.Finish();
            if (!DataText.Print(context, parsed.GetValue(output)!, report))
                Print(context, report);
            return (bool)report["clean"]! ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static long Rate(string text) => ByteSize.TryParse(text, out var bytes) && bytes > 0
        ? bytes
        : throw new CliException(ExitCode.Usage, $"--limit '{text}' is no size; write 200MB or 1GiB");

    private static async Task<JsonNode> AskAsync(
        ApiClient client, ProgressDisplay display, string? model, long? bytesPerSecond, bool quarantine,
        CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["model"] = model, ["quarantine"] = quarantine };
        if (bytesPerSecond is { } rate)
            body["bytes_per_second"] = (int)Math.Min(rate, int.MaxValue);
        await foreach (var line in client.StreamAsync("modelops/v1/verify", body, ReplyShapes.Verification, cancellationToken))
        {
            if (line["report"] is { } report)
                return report;
            display.Show(line);
        }

        throw new CliException(ExitCode.Failed, "the server ended the verification without a report");
    }

    private static async Task<JsonNode> ReadAsync(
        CliContext context, LocalStore store, ProgressDisplay display, string? model, VerifyOptions options,
        CancellationToken cancellationToken)
    {
        var only = model is null ? null : LocalModels.Find(store, model).Name;
        var report = await new Verifier(store, context.Time).VerifyAsync(
            options, only, step => display.Show(new ProgressLine("verifying", "verifying", step.Total, step.Completed)), cancellationToken);
        return ReportJson.Of(report);
    }

    private static void Print(CliContext context, JsonNode report)
    {
        var findings = report["findings"]!.AsArray();
        if (findings.Count > 0)
        {
            var table = new TextTable("BLOB", "PROBLEM", "MODELS", "DETAIL");
            foreach (var finding in findings)
            {
                var models = ShownWords.Names(finding!["models"]!.AsArray().Select(name => (string)name!));
                table.Add(
                    HumanText.Digest((string)finding["digest"]!), (string)finding["problem"]!, models.Length > 0 ? models : "-",
                    (string)finding["detail"]!);
            }

            context.Out.Write(table.ToText(context.OutColumns));
        }

        foreach (var path in report["unreadable_manifests"]!.AsArray())
            context.Out.WriteLine(SafeText.ForLine($"The manifest {(string)path!} cannot be read"));
        var read = $"{CountText.Of((int)report["blobs"]!, "blob")}, {HumanText.Bytes((long)report["bytes"]!)}";
        context.Out.WriteLine((bool)report["clean"]! ? $"{read}: all whole" : $"{read}: {findings.Count} with a problem");
    }
}
