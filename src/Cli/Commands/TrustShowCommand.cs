using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops trust show</c>: whose signatures each source must have, and why its newest revision is trusted or not.</summary>
internal static class TrustShowCommand
{
    internal static Command Create(CliContext context)
    {
        var host = Shared.Host();
        var output = Shared.OutputFormat();
        var command = new Command("show", "Show whose signatures are trusted, and why the newest revision is or is not") { host, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(host));
            var reply = await client.GetAsync("modelops/v1/status", ReplyShapes.Status, cancellationToken);
            var status = reply.Deserialize(StatusJson.Default.DaemonStatus)!;
            if (!DataText.Print(context, parsed.GetValue(output)!, Json(reply)))
                context.ExactOut.Write(TrustText.Of(status));
            return status.Sources.Any(source => source.Trust is { Loss: not null } or { Error: not null })
                ? ExitCode.Refused
                : ExitCode.Done;
        });
        return command;
    }

    private static JsonObject Json(JsonNode status) => new()
    {
        ["sources"] = new JsonArray(
            [
                .. (status["sources"] as JsonArray ?? []).Select(source => new JsonObject
                {
                    ["name"] = source?["name"]?.DeepClone(),
                    ["tip"] = source?["tip"]?.DeepClone(),
                    ["accepted"] = source?["accepted"]?.DeepClone(),
                    ["trust"] = source?["trust"]?.DeepClone(),
                    ["stages"] = source?["stages"]?.DeepClone(),
                }),
            ]),
    };
}
