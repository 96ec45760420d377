using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops stop</c>: a model leaves memory when its last request ends.</summary>
internal static class StopCommand
{
    internal static Command Create(CliContext context)
    {
        var model = Shared.Model();
        var host = Shared.Host();
        var command = new Command("stop", "Unload a model from memory") { model, host };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(host));
            await UnloadAsync(client, parsed.GetValue(model)!, cancellationToken);
            if (client.Ignored is not null)
            {
                throw new CliException(
                    ExitCode.Failed,
                    $"{parsed.GetValue(model)} is declared in git, which says how long it stays in memory; change its residency in "
                    + "modelops.yaml");
            }

            return ExitCode.Done;
        });
        return command;
    }

    internal static async Task UnloadAsync(ApiClient client, string model, CancellationToken cancellationToken)
    {
        try
        {
            await client.SendAsync(
                HttpMethod.Post, "api/generate", new JsonObject { ["model"] = model, ["keep_alive"] = 0 }, ReplyShapes.Generated,
                cancellationToken);
        }
        catch (ApiException error) when (error.Status == HttpStatusCode.NotFound)
        {
            throw new CliException(ExitCode.Failed, $"couldn't find model \"{model}\" to stop", error);
        }
    }
}
