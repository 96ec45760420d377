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
        var output = new OutputOptions();
        var command = new Command("get", "List the models that git declares, or show one") { model, host };
        output.AddTo(command, isTable: true, hasNames: true);
        command.SetAction((parsed, token) => output.ShowAsync(
            context, parsed,
            async (shown, shape, cancellationToken) =>
            {
                using var client = Shared.Connect(context, parsed.GetValue(host));
                if (parsed.GetValue(model) is { } name)
                {
                    var found = await client.GetAsync(Managed.PathOf(name), ReplyShapes.Model, cancellationToken);
                    Print(shown, shape, found["model"]!, [found["model"]!]);
                    return ExitCode.Done;
                }

                var reply = await client.GetAsync("modelops/v1/models", ReplyShapes.Models, cancellationToken);
                Print(shown, shape, reply["models"]!, [.. reply["models"]!.AsArray()!]);
                return ExitCode.Done;
            },
            token));
        return command;
    }

    private static void Print(CliContext context, OutputOptions.Shape shape, JsonNode reply, IReadOnlyCollection<JsonNode> models)
    {
        if (shape.NamesOnly)
        {
            foreach (var model in models)
                context.Out.WriteLine(ShownWords.Name((string)model["name"]!));
        }
        else if (!shape.Data(context, reply))
        {
            context.ExactOut.Write(ModelText.Table(
                [.. models.Select(model => model.Deserialize(StatusJson.Default.ModelStatus)!)], context.OutColumns, context.UseColor,
                shape.Headers));
        }
    }
}
