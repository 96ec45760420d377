using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops ps</c>: the models in memory.</summary>
internal static class PsCommand
{
    internal static Command Create(CliContext context)
    {
        var prefix = new Argument<string?>("PREFIX") { Description = "Only names that begin so", Arity = ArgumentArity.ZeroOrOne };
        var host = Shared.Host();
        var output = new OutputOptions();
        var command = new Command("ps", "List models that are in memory") { prefix, host };
        output.AddTo(command, isTable: true, hasNames: true);
        command.SetAction((parsed, token) => output.ShowAsync(
            context, parsed,
            async (shown, shape, cancellationToken) =>
            {
                using var client = Shared.Connect(context, parsed.GetValue(host));
                var reply = await client.GetAsync("api/ps", ReplyShapes.Loaded, cancellationToken);
                JsonNode[] models =
                [
                    .. reply["models"]!.AsArray().Select(model => model!).Where(
                        model => ((string)model["name"]!).StartsWith(parsed.GetValue(prefix) ?? "", StringComparison.Ordinal)),
                ];
                shape.List(shown, models, model => (string)model["name"]!, () => Table(models, context.Time.GetUtcNow()));
                return ExitCode.Done;
            },
            token));
        return command;
    }

    private static TextTable Table(IEnumerable<JsonNode> models, DateTimeOffset now)
    {
        var table = new TextTable("NAME", "ID", "SIZE", "PROCESSOR", "CONTEXT", "UNTIL")
        {
            GiveWay = ["ID", "CONTEXT", "PROCESSOR"],
            NameCells = 40,
        };
        foreach (var model in models)
        {
            table.Add(
                (string)model["name"]!,
                HumanText.Digest((string)model["digest"]!),
                HumanText.Bytes((long)model["size"]!),
                Processor((long)model["size"]!, (long?)model["size_vram"] ?? 0),
                ((long?)model["context_length"] ?? 0).ToString(CultureInfo.InvariantCulture),
                Until(DateTimeOffset.Parse((string)model["expires_at"]!, CultureInfo.InvariantCulture), now));
        }

        return table;
    }

    private static string Processor(long size, long gpu)
    {
        if (gpu == 0)
            return "100% CPU";
        if (gpu == size)
            return "100% GPU";
        if (gpu > size || size == 0)
            return "Unknown";
        var cpu = (int)Math.Round((size - gpu) * 100.0 / size, MidpointRounding.AwayFromZero);
        return $"{cpu}%/{100 - cpu}% CPU/GPU";
    }

    private static string Until(DateTimeOffset expires, DateTimeOffset now)
    {
        if (expires < now)
            return "Stopping...";
        return expires - now > TimeSpan.FromDays(20 * 365) ? "Forever" : HumanText.Age(expires, now);
    }
}
