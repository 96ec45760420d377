using System.CommandLine;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.ModelStore;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops pull</c>: fetches a model from a registry.</summary>
internal static class PullCommand
{
    internal static Command Create(CliContext context) => Transfer(context, "pull", "Pull a model from a registry", "api/pull");

    /// <summary>Pull and push differ in their words only.</summary>
    internal static Command Transfer(CliContext context, string verb, string description, string path, Action<string>? done = null)
    {
        var model = Shared.Model();
        var insecure = new Option<bool>("--insecure") { Description = "Speak plain http to the registry" };
        var host = Shared.Host();
        var store = StoreChoice.Option("Work in this store folder, without a server");
        var command = new Command(verb, description) { model, insecure, host, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(host));
            var name = parsed.GetValue(model)!;
            var display = new ProgressDisplay(context);
            try
            {
                if (parsed.GetValue(store) is { } folder)
                {
                    await LocalWork.TransferAsync(
                        context, StoreChoice.OpenOrMake(context, context.FullPath(folder)), verb == "push", name, parsed.GetValue(insecure),
                        display, cancellationToken);
                }
                else
                {
                    var body = new JsonObject { ["model"] = name, ["insecure"] = parsed.GetValue(insecure) };
                    await foreach (var progress in client.StreamAsync(path, body, ReplyShapes.Progress, cancellationToken))
                        display.Show(progress);
                }
            }
            catch (Exception error) when (verb == "push" && error is ApiException or StoreException && IsDenied(error.Message))
            {
                throw new CliException(
                    ExitCode.Failed, "you are not authorized to push to this namespace, create the model under a namespace you own", error);
            }

            display.Finish();
            done?.Invoke(name);
            return ExitCode.Done;
        });
        return command;
    }

    private static bool IsDenied(string message) =>
        message.Contains("access denied", StringComparison.Ordinal) || message.Contains("unauthorized", StringComparison.Ordinal);
}
