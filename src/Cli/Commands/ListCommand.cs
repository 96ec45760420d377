using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops list</c>: the models of the store.</summary>
internal static class ListCommand
{
    internal static Command Create(CliContext context)
    {
        var prefix = new Argument<string?>("PREFIX") { Description = "Only names that begin so", Arity = ArgumentArity.ZeroOrOne };
        var host = Shared.Host();
        var output = Shared.OutputFormat();
        var store = StoreChoice.Option();
        var command = new Command("list", "List models") { prefix, host, store, output };
        command.Aliases.Add("ls");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(host));
            var local = await StoreChoice.FindAsync(context, client, parsed.GetValue(host), parsed.GetValue(store), cancellationToken);
            var reply = local is null ? await client.GetAsync("api/tags", ReplyShapes.Tags, cancellationToken) : LocalModels.Tags(local);
            Print(context, reply, parsed.GetValue(prefix) ?? "", parsed.GetValue(output)!);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(CliContext context, JsonNode reply, string prefix, string output)
    {
        var models = reply["models"]!.AsArray()
            .Where(model => ((string)model!["name"]!).StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).ToList();
        if (output == "json")
        {
            context.Out.WriteLine(new JsonArray([.. models.Select(model => model!.DeepClone())]).ToJsonString());
            return;
        }

        var table = new TextTable("NAME", "ID", "SIZE", "MODIFIED");
        foreach (var model in models)
        {
            table.Add(
                (string)model!["name"]!,
                HumanText.Digest((string)model["digest"]!),
                HumanText.Bytes((long)model["size"]!),
                HumanText.Age(DateTimeOffset.Parse((string)model["modified_at"]!, CultureInfo.InvariantCulture), context.Time.GetUtcNow()));
        }

        context.Out.Write(context.OutIsTerminal ? table.ToText(context.OutColumns) : table.ToString());
    }
}
