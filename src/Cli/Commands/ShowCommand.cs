using System.CommandLine;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops show</c>: what a model is made of.</summary>
internal static class ShowCommand
{
    private static readonly string[] Selectors = ["license", "modelfile", "parameters", "system", "template"];

    internal static Command Create(CliContext context)
    {
        var model = Shared.Model();
        var host = Shared.Host();
        var output = Shared.OutputFormat();
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Show all metadata and tensors" };
        var store = StoreChoice.Option();
        var measure = new Option<bool>("--measure")
        {
            Description = "Ask the engine for the memory of the computation, which is an estimate otherwise",
        };
        var command = new Command("show", "Show information for a model") { model, verbose, measure, host, store, output };
        var selectors = Selectors.Select(name => new Option<bool>("--" + name)
        {
            Description = $"Show only the {name}{(name == "modelfile" ? "; into a file or pipe byte for byte" : "")}",
        }).ToList();
        foreach (var selector in selectors)
            command.Options.Add(selector);

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var chosen = selectors.Where(selector => parsed.GetValue(selector)).Select(selector => selector.Name[2..]).ToList();
            if (chosen.Count > 1)
            {
                throw new CliException(
                    ExitCode.Failed,
                    "only one of '--license', '--modelfile', '--parameters', '--system', or '--template' can be specified");
            }

            using var client = Shared.Connect(context, parsed.GetValue(host));
            var local = await StoreChoice.FindAsync(context, client, parsed.GetValue(host), parsed.GetValue(store), cancellationToken);
            var reply = local is null
                ? await NearbyModel.OrHintAsync(
                    client, parsed.GetValue(model)!,
                    () => AskAsync(
                        client, parsed.GetValue(model)!, parsed.GetValue(verbose), chosen.Count == 0, parsed.GetValue(measure),
                        cancellationToken),
                    cancellationToken)
                : await ReadAsync(
                    context, local, parsed.GetValue(model)!, parsed.GetValue(verbose), parsed.GetValue(measure), cancellationToken);
            if (DataText.Print(context, parsed.GetValue(output)!, reply))
                return ExitCode.Done;
            if (chosen is [var only])
                Writer(context, only).WriteLine(ShowText.OwnWords((string?)reply[only] ?? ""));
            else
                ShowText.PrintAll(context.Out, reply, parsed.GetValue(verbose));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>A Modelfile that goes into a file makes the same model again, so there it is exact.</summary>
    private static TextWriter Writer(CliContext context, string selector) =>
        selector == "modelfile" && !context.OutIsTerminal ? context.ExactOut : context.Out;

    private static async Task<JsonNode> AskAsync(
        ApiClient client, string model, bool verbose, bool withMemory, bool measure, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["model"] = model, ["verbose"] = verbose, ["warnings"] = true };
        var reply = await client.SendAsync(HttpMethod.Post, "api/show", request, ReplyShapes.Shown, cancellationToken);
        if (withMemory)
        {
            try
            {
                var question = new JsonObject { ["model"] = model, ["measure"] = measure };
                reply["memory"] = await client.SendAsync(
                    HttpMethod.Post, "modelops/v1/footprint", question, ReplyShapes.Footprint, cancellationToken);
            }
            catch (ApiException error) when (error.Status == System.Net.HttpStatusCode.NotFound)
            {
                // Not known, or a server of the reference.
            }
        }

        return reply;
    }

    private static async Task<JsonNode> ReadAsync(
        CliContext context, LocalStore store, string name, bool verbose, bool measure, CancellationToken cancellationToken)
    {
        var model = LocalModels.Find(store, name);
        var reply = LocalModels.Show(context, store, model, verbose);
        if (await LocalModels.FootprintAsync(
            context, store, model, measure ? LocalWork.Probe(context) : null, cancellationToken) is { } memory)
            reply["memory"] = memory;
        return reply;
    }
}
