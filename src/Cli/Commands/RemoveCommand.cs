using System.CommandLine;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops rm</c>: unloads and deletes models, one after the other, until one fails.</summary>
internal static class RemoveCommand
{
    internal static Command Create(CliContext context)
    {
        var models = new Argument<string[]>("MODEL") { Description = "Names to delete", Arity = ArgumentArity.OneOrMore };
        var host = Shared.Host();
        var command = new Command("rm", "Delete models") { models, host };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(host));
            foreach (var model in parsed.GetValue(models)!)
            {
                await TryUnloadAsync(context, client, model, cancellationToken);
                await client.TellAsync(HttpMethod.Delete, "api/delete", new JsonObject { ["model"] = model }, cancellationToken);
                context.Out.WriteLine(SafeText.ForLine($"deleted '{model}'"));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static async Task TryUnloadAsync(CliContext context, ApiClient client, string model, CancellationToken cancellationToken)
    {
        try
        {
            await StopCommand.UnloadAsync(client, model, cancellationToken);
        }
        catch (ApiException)
        {
            context.Error.WriteLine($"Warning: unable to stop model '{model}'");
        }
        catch (CliException error) when (error.ExitCode == ExitCode.Failed)
        {
            // Not found: the delete will say so.
        }
    }
}
