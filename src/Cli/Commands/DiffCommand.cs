using System.CommandLine;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops diff OLD NEW</c>: what changed in the meaning of two Modelfiles.</summary>
internal static class DiffCommand
{
    internal static Command Create(CliContext context)
    {
        var old = new Argument<string>("OLD") { Description = "A Modelfile" };
        var @new = new Argument<string>("NEW") { Description = "Another one" };
        var format = new Option<string>("--format") { Description = "text, json or markdown", DefaultValueFactory = _ => "text", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong("text", "json", "markdown");
        var detailed = new Option<bool>("--detailed-exitcode") { Description = "Exit with 2 when something changed" };
        var command = new Command("diff", "Compare two Modelfiles by meaning, with what each change costs") { old, @new, format, detailed };
        command.SetAction(parsed =>
        {
            var diff = ModelfileDiff.Compare(Read(context, parsed.GetValue(old)!), Read(context, parsed.GetValue(@new)!));
            context.Out.Write(parsed.GetValue(format) switch
            {
                "json" => ModelfileDiffJson.Write(diff).ToJsonString() + "\n",
                "markdown" => ModelfileDiffMarkdown.Write(diff),
                _ => ModelfileDiffText.Write(diff),
            });
            return parsed.GetValue(detailed) && !diff.IsEmpty ? ExitCode.ChangesPresent : ExitCode.Done;
        });
        return command;
    }

    private static Modelfile Read(CliContext context, string path)
    {
        var full = context.FullPath(path);
        if (!File.Exists(full))
            throw new CliException(ExitCode.Usage, $"there is no file {path}");
        var result = ModelfileParser.Parse(File.ReadAllBytes(full), path);
        if (result.Succeeded)
            return result.Modelfile;
        foreach (var problem in result.Diagnostics)
            context.Error.WriteLine(problem.ToString());
        throw new CliException(ExitCode.Failed, $"{path} has errors");
    }
}
