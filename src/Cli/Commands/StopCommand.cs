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
        var model = new Argument<string?>("MODEL") { Description = "Name of the model", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Unload every model that git does not keep in memory" };
        var host = Shared.Host();
        var command = new Command("stop", "Unload a model from memory") { model, all, host };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(model) is null == !parsed.GetValue(all))
                throw new CliException(ExitCode.Failed, "'modelops stop' needs MODEL, or --all and no MODEL");
            using var client = Shared.Connect(context, parsed.GetValue(host));
            if (parsed.GetValue(all))
                return await StopAllAsync(context, client, cancellationToken);
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

    /// <summary>Stops what is in memory and may be stopped, and says what stays, which is no failure.</summary>
    private static async Task<int> StopAllAsync(CliContext context, ApiClient client, CancellationToken cancellationToken)
    {
        var loaded = await client.GetAsync("api/ps", ReplyShapes.Loaded, cancellationToken);
        foreach (var name in loaded["models"]!.AsArray().Select(model => (string)model!["name"]!).Distinct(StringComparer.Ordinal))
        {
            await UnloadAsync(client, name, cancellationToken);
            context.Error.WriteLine(client.Ignored is null
                ? $"stopped '{name}'"
                : $"'{name}' stays: it is declared in git, which says how long it is in memory");
        }

        return ExitCode.Done;
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
