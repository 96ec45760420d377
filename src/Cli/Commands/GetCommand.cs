using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops get [MODEL]</c>: the managed models, or one of them.</summary>
internal static class GetCommand
{
    internal static Command Create(CliContext context)
    {
        var model = new Argument<string?>("MODEL")
        {
            Description = "Name or alias of a managed model; without one all are listed",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var host = Shared.Host();
        var output = Shared.OutputFormat();
        var command = new Command("get", "List the models that git declares, or show one") { model, host, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(host));
            var isJson = parsed.GetValue(output) == "json";
            if (parsed.GetValue(model) is { } name)
            {
                var found = await client.GetAsync(Managed.PathOf(name), ReplyShapes.Model, cancellationToken);
                Print(context, found["model"]!, [found["model"]!], isJson);
                return ExitCode.Done;
            }

            var reply = await client.GetAsync("modelops/v1/models", ReplyShapes.Models, cancellationToken);
            Print(context, reply["models"]!, reply["models"]!.AsArray()!, isJson);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(CliContext context, JsonNode reply, IEnumerable<JsonNode> models, bool isJson)
    {
        if (isJson)
            context.Out.WriteLine(reply.ToJsonString());
        else
        {
            context.ExactOut.Write(ModelText.Table(
                [.. models.Select(model => model.Deserialize(StatusJson.Default.ModelStatus)!)], context.OutColumns, context.UseColor));
        }
    }
}
