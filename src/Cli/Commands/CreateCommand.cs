using System.CommandLine;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Import;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Storage;
using ModelOps.Templates.Chat;

namespace ModelOps.Cli.Commands;

/// <summary>
/// <c>modelops create</c>: builds a model from a Modelfile. The files it names are sent to the server, which keeps those it has.
/// </summary>
internal static class CreateCommand
{
    internal static Command Create(CliContext context)
    {
        var model = Shared.Model("Name to build");
        var file = new Option<string?>("--file", "-f")
        {
            Description =
                "Modelfile [default: Modelfile in this folder]; '-' reads standard input, and paths in it are relative to this folder",
            HelpName = "FILE",
        };
        var quantize = new Option<string?>("--quantize", "-q")
        {
            Description = "Pack the weights into this type, e.g. q4_K_M",
            HelpName = "TYPE",
        };
        var draftQuantize = new Option<string?>("--draft-quantize")
        {
            Description = "Pack the draft model into this type",
            HelpName = "TYPE",
        };
        var host = Shared.Host();
        var store = StoreChoice.Option("Build in this store folder, without a server");
        var link = new Option<bool>("--link")
        {
            Description =
                "Link files into the store instead of copying them; needs no server, and whoever edits a file later spoils the model",
        };
        var command = new Command("create", "Create a model from a Modelfile") { model, file, quantize, draftQuantize, link, host, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetValue(model)!;
            if (!ModelName.TryParse(name, out var target))
                throw new CliException(ExitCode.Failed, $"invalid model name: {name}");
            var (modelfile, folder) = await ReadAsync(context, parsed.GetValue(file), cancellationToken);
            var local = parsed.GetValue(store) is { } given
                ? context.FullPath(given)
                : parsed.GetValue(link) ? StoreChoice.Folder(context) : null;
            using var client = Shared.Connect(context, parsed.GetValue(host));
            if (local is null)
                await client.EnsureReachableAsync(cancellationToken);

            var files = new LocalFiles(folder, folder, user => user.Length == 0 ? context.UserHome : null);
            var inputs = CreateInputs.Of(modelfile, files.LookUp);
            foreach (var warning in inputs.Warnings)
                context.Out.WriteLine(SafeText.ForLine(warning));
            if (CreateProblems.Of(modelfile, inputs, files) is { } problem)
                throw new CliException(ExitCode.Failed, problem);

            var display = new ProgressDisplay(context);
            display.Show(new JsonObject { ["status"] = "gathering model components" });
            try
            {
                if (local is not null)
                {
                    var settings = new CreateRequest
                    {
                        Name = target,
                        Quantize = parsed.GetValue(quantize) ?? "",
                        DraftQuantize = parsed.GetValue(draftQuantize) ?? "",
                    };
                    await LocalWork.CreateAsync(
                        context, StoreChoice.OpenOrMake(context, local), inputs, settings, parsed.GetValue(link), display,
                        cancellationToken);
                }
                else
                {
                    var body = Body(name, inputs.Meaning);
                    body["from"] = inputs.From;
                    body["quantize"] = parsed.GetValue(quantize);
                    body["draft_quantize"] = parsed.GetValue(draftQuantize);
                    body["files"] = await UploadAsync(client, display, inputs.Files, cancellationToken);
                    body["adapters"] = await UploadAsync(client, display, inputs.Adapters, cancellationToken);
                    body["draft_files"] = await UploadAsync(client, display, inputs.Drafts, cancellationToken);
                    await foreach (var progress in client.StreamAsync("api/create", body, ReplyShapes.Progress, cancellationToken))
                        display.Show(progress);
                }
            }
            catch (Exception error) when (error is ApiException or StoreException
                && CreateProblems.OfBase(modelfile, inputs, files, error.Message) is not null)
            {
                throw new CliException(ExitCode.Failed, CreateProblems.OfBase(modelfile, inputs, files, error.Message)!, error);
            }

            display.Finish();
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>
    /// The Modelfile and the folder that its paths are relative to: its own, or the current one when it comes from standard input.
    /// </summary>
    private static async Task<(Modelfile Modelfile, string Folder)> ReadAsync(
        CliContext context, string? file, CancellationToken cancellationToken)
    {
        ModelfileParseResult result;
        string folder;
        if (file == "-")
        {
            folder = context.FullPath(".");
            result = ModelfileParser.Parse(await context.In.ReadToEndAsync(cancellationToken), "<stdin>");
        }
        else
        {
            var path = context.FullPath(file ?? "Modelfile");
            if (Directory.Exists(path))
                throw new CliException(ExitCode.Failed, $"{path} is a folder; name the Modelfile in it with -f");
            if (!File.Exists(path))
                throw new CliException(ExitCode.Failed, $"there is no Modelfile at {path}; name one with -f");
            folder = Path.GetDirectoryName(path)!;
            result = ModelfileParser.Parse(RegularFile.ReadAllBytes(path), file ?? "Modelfile");
        }

        if (result.Succeeded)
            return (result.Modelfile, folder);
        foreach (var problem in result.Diagnostics)
            context.Error.WriteLine(problem.ToString());
        throw new CliException(ExitCode.Failed, result.ReferenceError);
    }

    private static JsonObject Body(string name, ModelfileMeaning meaning)
    {
        var body = new JsonObject
        {
            ["model"] = name,
            ["template"] = meaning.Template,
            ["system"] = meaning.System,
            ["renderer"] = meaning.Renderer,
            ["parser"] = meaning.Parser,
            ["requires"] = meaning.Requires,
        };
        if (meaning.Licenses.Length > 0)
            body["license"] = new JsonArray([.. meaning.Licenses.Select(text => (JsonNode)JsonValue.Create(text))]);
        if (meaning.Messages.Length > 0)
            body["messages"] = new JsonArray([.. meaning.Messages.Select(Message)]);
        if (meaning.Parameters.Count > 0)
            body["parameters"] = meaning.Parameters.DeepClone();
        return body;
    }

    private static JsonNode Message(ChatMessage message) => new JsonObject { ["role"] = message.Role, ["content"] = message.Content };

    /// <summary>Sends files that the server does not have; returns name to digest, or null when there are none.</summary>
    private static async Task<JsonObject?> UploadAsync(
        ApiClient client, ProgressDisplay display, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        if (files.Count == 0)
            return null;
        var folder = LocalFiles.CommonFolder(files);
        var digests = new JsonObject();
        foreach (var file in files)
        {
            // The length comes from the open file: for a link, the folder has the length of the link itself.
            await using var content = RegularFile.OpenRead(file);
            var (name, total) = (Path.GetRelativePath(folder, file), content.Length);
            var digest = (await FileDigest.OfAsync(
                file, done => display.Show(new ProgressLine($"hashing {name}", Total: total, Completed: done)),
                cancellationToken)).ToString();
            await using var reading = new ProgressStream(content, done => display.Show(new JsonObject
            {
                ["status"] = $"copying file {digest[..19]}", ["digest"] = "upload " + digest, ["total"] = total, ["completed"] = done,
            }));
            await client.UploadAsync(digest, reading, cancellationToken);
            digests[name.Replace(Path.DirectorySeparatorChar, '/')] = digest;
        }

        return digests;
    }
}
