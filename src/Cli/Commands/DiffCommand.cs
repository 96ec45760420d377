using System.Collections.Immutable;
using System.CommandLine;
using ModelOps.Cli.Configuration;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Diff;
using ModelOps.Reconciler.Sources;
using ModelOps.Runtime.Contract;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops diff OLD NEW</c>: what changed in the meaning of two Modelfiles, or of two states of a models repository.</summary>
internal static class DiffCommand
{
    internal static Command Create(CliContext context)
    {
        var old = new Argument<string?>("OLD")
        {
            Description = "A Modelfile, a folder with a modelops.yaml, or a git revision of --path [default: HEAD, what was committed]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var @new = new Argument<string?>("NEW")
        {
            Description = "Another one [default: the files of --path as they are]",
            DefaultValueFactory = _ => null,
        };
        var path = new Option<string>("--path")
        {
            Description = "Folder with the modelops.yaml that revisions are of",
            DefaultValueFactory = _ => ".",
            HelpName = "DIR",
        };
        var allow = new Option<string[]>("--allow-path")
        {
            Description = "Folder outside the repository that Modelfiles may name",
            HelpName = "DIR",
        };
        var format = new Option<string>("--format")
        {
            Description = "text, json or markdown",
            DefaultValueFactory = _ => "text",
            HelpName = "FORMAT",
        };
        format.AcceptOnlyFromAmong("text", "json", "markdown");
        var detailed = new Option<bool>("--detailed-exitcode") { Description = "Exit with 2 when something changed" };
        var live = new Option<bool>("--live") { Description = "Compare what git asks for with what a daemon serves, instead" };
        var host = Shared.Host();
        var memory = Shared.Memory();
        var command = new Command("diff", "Compare Modelfiles, or states of a models repository, by meaning, with what each change costs")
        {
            old, @new, path, allow, format, detailed, live, host, memory,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var shape = parsed.GetValue(format)!;
            if (parsed.GetValue(live))
            {
                var differs = await LiveDiff.WriteAsync(context, parsed.GetValue(host), shape, cancellationToken);
                return parsed.GetValue(detailed) && differs ? ExitCode.ChangesPresent : ExitCode.Done;
            }

            var first = parsed.GetValue(old) ?? "HEAD";
            var second = parsed.GetValue(@new) ?? parsed.GetValue(path)!;
            var isEmpty = File.Exists(context.FullPath(first))
                ? Write(context, ModelfileDiff.Compare(Read(context, first), Read(context, second)), shape)
                : Write(
                    context,
                    await CompareAsync(
                        context, first, second, parsed.GetValue(path)!, [.. (parsed.GetValue(allow) ?? []).Select(context.FullPath)],
                        Shared.Capacity(context, parsed.GetValue(memory)), cancellationToken),
                    shape);
            return parsed.GetValue(detailed) && !isEmpty ? ExitCode.ChangesPresent : ExitCode.Done;
        });
        return command;
    }

    private static bool Write(CliContext context, ModelfileDiff diff, string format)
    {
        context.ExactOut.Write(format switch
        {
            "json" => ModelfileDiffJson.Write(diff).ToJsonString() + "\n",
            "markdown" => ModelfileDiffMarkdown.Write(diff),
            _ => LineWrap.OfEach(ModelfileDiffText.Write(diff), context.OutColumns),
        });
        return diff.IsEmpty;
    }

    private static bool Write(CliContext context, ModelSetDiff diff, string format)
    {
        context.ExactOut.Write(format switch
        {
            "json" => ModelSetDiffJson.Write(diff).ToJsonString() + "\n",
            "markdown" => ModelSetDiffMarkdown.Write(diff),
            _ => LineWrap.OfEach(ModelSetDiffText.Write(diff), context.OutColumns),
        });
        return diff.IsEmpty;
    }

    private static async Task<ModelSetDiff> CompareAsync(
        CliContext context, string old, string @new, string path, ImmutableArray<string> allowed, HostOptions? capacity,
        CancellationToken cancellationToken) =>
        ModelSetDiff.Compare(
            await StateAsync(context, old, path, allowed, capacity, cancellationToken),
            await StateAsync(context, @new, path, allowed, capacity, cancellationToken));

    /// <summary>A folder, else a revision.</summary>
    private static async Task<DesiredState> StateAsync(
        CliContext context, string given, string path, ImmutableArray<string> allowed, HostOptions? capacity,
        CancellationToken cancellationToken)
    {
        try
        {
            var (folder, git, bounds) = (context.FullPath(given), GitSetting.Of(context), SymlinkSetting.Of(context));
            var result = Directory.Exists(folder)
                ? await RevisionReader.ReadFolderAsync(folder, allowed, git, context.Time, cancellationToken, bounds, capacity)
                : await RevisionReader.ReadCommitAsync(
                    context.FullPath(path), given, allowed, git, context.Time, cancellationToken, bounds, capacity);
            if (result.State is { } state)
                return state;
            foreach (var problem in result.Diagnostics)
                context.Error.WriteLine(problem.ToString());
        }
        catch (GitSourceException error)
        {
            throw new CliException(ExitCode.Usage, $"{given} is neither a file nor a folder, and as a revision: {error.Message}", error);
        }

        throw new CliException(ExitCode.Failed, $"{given} has errors; 'modelops lint' tells more");
    }

    private static Modelfile Read(CliContext context, string path)
    {
        var full = context.FullPath(path);
        if (!File.Exists(full))
            throw new CliException(ExitCode.Usage, $"there is no file {path}");
        var result = ModelfileParser.Parse(ModelfileFinder.Read(new ModelfileFinder.Found(full, path)), path);
        var template = result.Modelfile is { } parsed ? TemplateCheck.Find(parsed) : null;
        if (result.Succeeded && template is null)
            return result.Modelfile;
        foreach (var problem in template is null ? result.Diagnostics : result.Diagnostics.Add(template))
            context.Error.WriteLine(problem.ToString());
        throw new CliException(ExitCode.Failed, $"{path} has errors");
    }
}
