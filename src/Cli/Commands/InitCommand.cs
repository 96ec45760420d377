using System.CommandLine;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Starting;
using ModelOps.ModelStore.Names;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops init [DIR]</c>: a models repository to begin with, from nothing or from what the store has.</summary>
internal static class InitCommand
{
    private const string UsualBase = "qwen3:0.6b";

    internal static Command Create(CliContext context)
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of the repository", DefaultValueFactory = _ => "." };
        var from = new Option<string>("--from")
        {
            Description = "What the first model is made of: a model of a registry, or a GGUF file as its Modelfile names it",
            DefaultValueFactory = _ => UsualBase,
            HelpName = "MODEL",
        };
        var adopted = new Option<string[]>("--from-store")
        {
            Description = "Put these models of the store under git instead: texts in full, weights by digest",
            HelpName = "MODEL",
            AllowMultipleArgumentsPerToken = true,
        };
        var host = Shared.Host();
        var store = StoreChoice.Option();
        var command = new Command("init", "Make a models repository to begin with") { folder, from, adopted, host, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = context.FullPath(parsed.GetValue(folder)!);
            var names = parsed.GetValue(adopted)!;
            IReadOnlyList<StarterModel> models = names.Length == 0
                ? [StarterFiles.First(parsed.GetValue(from)!)]
                : await AdoptAsync(context, parsed.GetValue(host), parsed.GetValue(store), names, cancellationToken);
            var files = StarterFiles.Of(Path.GetFileName(path) is { Length: > 0 } name ? name : "models", models);
            NewRepository.Write(path, files);
            Tell(context, parsed.GetValue(folder)!, files, NewRepository.HasGit(path), names.Length > 0);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<IReadOnlyList<StarterModel>> AdoptAsync(
        CliContext context, string? host, string? folder, string[] names, CancellationToken cancellationToken)
    {
        using var client = Shared.Connect(context, host);
        var store = await StoreChoice.FindAsync(context, client, host, folder, cancellationToken);
        var models = new List<StarterModel>();
        foreach (var name in names)
        {
            if (!ModelName.TryParse(name, out var parsed))
                throw new CliException(ExitCode.Usage, $"'{name}' is no name of a model");
            var shown = store is not null
                ? LocalModels.Show(context, store, LocalModels.Find(store, name), verbose: false)
                : await client.SendAsync(
                    HttpMethod.Post, "api/show", new JsonObject { ["model"] = name }, ReplyShapes.Shown, cancellationToken);
            var model = Adoption.Of(parsed.ShortName, (string?)shown["modelfile"] ?? "");
            var pinned = Adoption.PinnedName(parsed.ShortName, (string?)shown["modelfile"] ?? "");
            if (store is not null)
                store.Copy(store.Canonicalise(parsed), store.Canonicalise(ModelName.Parse(pinned)));
            else
            {
                await client.TellAsync(
                    HttpMethod.Post, "api/copy", new JsonObject { ["source"] = name, ["destination"] = pinned }, cancellationToken);
            }

            context.Out.WriteLine($"Adopts '{model.Name}': its weights stay in the store, as '{pinned}'; nothing is copied");
            models.Add(model);
        }

        return models;
    }

    private static void Tell(
        CliContext context, string folder, IReadOnlyList<(string Path, string Use, string Text)> files, bool hasGit, bool adopts)
    {
        context.Out.WriteLine($"Made a models repository in {folder}");
        var widest = files.Max(file => file.Path.Length);
        foreach (var (path, use, _) in files)
            context.Out.WriteLine($"  {path.PadRight(widest)}  {use}");
        context.Out.WriteLine("\nNext:");
        if (folder != ".")
            context.Out.WriteLine($"  cd {folder}");
        context.Out.WriteLine("  modelops lint");
        if (hasGit)
            context.Out.WriteLine($"  git add . && git commit -m \"{(adopts ? "What is served already" : "The first model")}\"");
        context.Out.WriteLine(hasGit
            ? "  modelops serve ."
            : "  modelops serve . --working-tree    # there is no git program here: the files as they are");
    }
}
