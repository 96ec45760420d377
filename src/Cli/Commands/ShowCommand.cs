using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;
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
        var measure = new Option<bool>("--measure") { Description = "Ask the engine for the memory of the computation, which is an estimate otherwise" };
        var command = new Command("show", "Show information for a model") { model, verbose, measure, host, store, output };
        var selectors = Selectors.Select(name => new Option<bool>("--" + name) { Description = $"Show only the {name}{(name == "modelfile" ? "; into a file or pipe byte for byte" : "")}" }).ToList();
        foreach (var selector in selectors)
            command.Options.Add(selector);

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var chosen = selectors.Where(selector => parsed.GetValue(selector)).Select(selector => selector.Name[2..]).ToList();
            if (chosen.Count > 1)
            {
                throw new CliException(
                    ExitCode.Failed, "only one of '--license', '--modelfile', '--parameters', '--system', or '--template' can be specified");
            }

            using var client = Shared.Connect(context, parsed.GetValue(host));
            var local = await StoreChoice.FindAsync(context, client, parsed.GetValue(host), parsed.GetValue(store), cancellationToken);
            var reply = local is null
                ? await AskAsync(client, parsed.GetValue(model)!, parsed.GetValue(verbose), chosen.Count == 0, parsed.GetValue(measure), cancellationToken)
                : await ReadAsync(context, local, parsed.GetValue(model)!, parsed.GetValue(verbose), parsed.GetValue(measure), cancellationToken);
            if (parsed.GetValue(output) == "json")
                context.Out.WriteLine(reply.ToJsonString());
            else if (chosen is [var only])
                Writer(context, only).WriteLine((string?)reply[only] ?? "");
            else
                PrintAll(context.Out, reply, parsed.GetValue(verbose));
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
        var reply = (await client.SendAsync(HttpMethod.Post, "api/show", new JsonObject { ["model"] = model, ["verbose"] = verbose, ["warnings"] = true }, cancellationToken))!;
        if (withMemory)
        {
            try
            {
                reply["memory"] = await client.SendAsync(HttpMethod.Post, "modelops/v1/footprint", new JsonObject { ["model"] = model, ["measure"] = measure }, cancellationToken);
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
        if (await LocalModels.FootprintAsync(context, store, model, measure ? LocalWork.Probe(context) : null, cancellationToken) is { } memory)
            reply["memory"] = memory;
        return reply;
    }

    private static void PrintAll(TextWriter writer, JsonNode reply, bool verbose)
    {
        var info = reply["model_info"]?.AsObject() ?? [];
        var architecture = (string?)info["general.architecture"] ?? "";
        Section(writer, "Model",
        [
            ("architecture", architecture.Length > 0 ? architecture : (string?)reply["details"]?["family"]),
            ("parameters", (string?)reply["details"]?["parameter_size"]),
            ("context length", info[$"{architecture}.context_length"]?.ToString()),
            ("embedding length", info[$"{architecture}.embedding_length"]?.ToString()),
            ("quantization", (string?)reply["details"]?["quantization_level"]),
            ("requires", (string?)reply["requires"]),
        ]);
        Section(writer, "Capabilities", (reply["capabilities"]?.AsArray() ?? []).Select(name => ((string)name!, (string?)"")));
        Section(writer, "Memory", Memory(reply["memory"]));
        Section(writer, "Parameters", Lines((string?)reply["parameters"]).Select(Pair));
        if (verbose)
        {
            Section(writer, "Metadata", info.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, (string?)Value(entry.Value))));
            Section(writer, "Tensors", (reply["tensors"]?.AsArray() ?? []).Select(tensor =>
                ((string)tensor!["name"]!, (string?)$"{tensor["type"]}    {tensor["shape"]?.ToJsonString()}")));
        }

        Section(writer, "System", FirstLines((string?)reply["system"]));
        Section(writer, "License", FirstLines((string?)reply["license"]));
        Section(writer, "Warnings", (reply["warnings"]?.AsArray() ?? []).Select(warning => ((string)warning!, (string?)"")));
    }

    private static IEnumerable<(string Name, string? Value)> Memory(JsonNode? memory) => memory is null ? [] :
    [
        ("weights", HumanText.Bytes((long)memory["weights"]!)),
        ("KV cache", $"{HumanText.Bytes((long)memory["kv_cache"]!)} ({(int)memory["slots"]!} x {(int)memory["context_length"]!} tokens, {(string)memory["kv_cache_type"]!})"),
        ("compute", $"{HumanText.Bytes((long)memory["compute"]!)} ({((bool?)memory["compute_measured"] == true ? "measured" : "estimated")})"),
        ("total", HumanText.Bytes((long)memory["total"]!)),
    ];

    private static void Section(TextWriter writer, string title, IEnumerable<(string Name, string? Value)> rows)
    {
        var shown = rows.Where(row => row.Value is not null)
            .Select(row => (Name: SafeText.ForLine(row.Name), Value: SafeText.ForLine(row.Value!))).ToList();
        if (shown.Count == 0)
            return;
        var width = shown.Max(row => row.Name.Length) + 4;
        writer.WriteLine("  " + title);
        foreach (var (name, value) in shown)
            writer.WriteLine("    " + (value.Length == 0 ? name : name.PadRight(width) + value));
        writer.WriteLine();
    }

    private static IEnumerable<(string Name, string? Value)> FirstLines(string? text)
    {
        var lines = Lines(text);
        return lines.Take(2).Concat(lines.Length > 2 ? ["..."] : []).Select(line => (line, (string?)""));
    }

    private static string[] Lines(string? text) =>
        (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static (string Name, string? Value) Pair(string line) =>
        line.Split(' ', 2, StringSplitOptions.TrimEntries) is [var name, var value] ? (name, value) : (line, "");

    private static string Value(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray { Count: > 10 } list => $"[{string.Join(", ", list.Take(10).Select(Value))}, ...+{(list.Count - 10).ToString(CultureInfo.InvariantCulture)} more]",
        _ when node.GetValueKind() == JsonValueKind.String => (string)node!,
        _ => node.ToJsonString(),
    };
}
