using System.CommandLine;
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
        var output = new OutputOptions();
        var store = StoreChoice.Option();
        var command = new Command("list", "List models") { prefix, host, store };
        output.AddTo(command, isTable: true, hasNames: true);
        command.Aliases.Add("ls");
        command.SetAction((parsed, token) => output.ShowAsync(
            context, parsed,
            async (shown, shape, cancellationToken) =>
            {
                using var client = Shared.Connect(context, parsed.GetValue(host));
                var local = await StoreChoice.FindAsync(shown, client, parsed.GetValue(host), parsed.GetValue(store), cancellationToken);
                var reply = local is null
                    ? await client.GetAsync("api/tags", ReplyShapes.Tags, cancellationToken)
                    : LocalModels.Tags(local);
                var models = ListText.Begin(reply, parsed.GetValue(prefix) ?? "");
                shape.List(shown, models, model => (string)model["name"]!, () => ListText.Of(models, context.Time.GetUtcNow()));
                return ExitCode.Done;
            },
            token));
        return command;
    }
}
