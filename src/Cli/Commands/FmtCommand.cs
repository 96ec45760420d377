using System.CommandLine;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops fmt</c>: one spelling for every Modelfile.</summary>
internal static class FmtCommand
{
    internal static Command Create(CliContext context)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Modelfiles or folders [default: this folder]; '-' reads standard input",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var check = new Option<bool>("--check") { Description = "Change nothing; exit with 1 when a file is not formatted" };
        var diff = new Option<bool>("--diff") { Description = "Change nothing; print what would change" };
        var command = new Command("fmt", "Format Modelfiles") { paths, check, diff };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var given = parsed.GetValue(paths)!;
            if (given is ["-"])
                return FormatInput(context);
            var touches = !parsed.GetValue(check) && !parsed.GetValue(diff);
            var (changed, broken, files) = (0, 0, await ModelfileFinder.FindAsync(context, given, cancellationToken));
            foreach (var file in files)
            {
                var bytes = ModelfileFinder.Read(file);
                var result = ModelfileParser.Parse(bytes, file.Shown);
                if (!result.Succeeded)
                {
                    broken++;
                    foreach (var problem in result.Diagnostics)
                        context.Error.WriteLine(problem.ToString());
                    continue;
                }

                var formatted = ModelfileFormat.Of(result.Modelfile);
                if (bytes.AsSpan().SequenceEqual(System.Text.Encoding.UTF8.GetBytes(formatted)))
                    continue;
                changed++;
                context.Out.WriteLine(SafeText.ForLine(file.Shown));
                if (parsed.GetValue(diff))
                    context.Out.Write(LineDiff.Of(result.Modelfile.Source.Text, formatted));
                if (touches)
                    SafeFile.Replace(file.Path, formatted);
            }

            context.Error.WriteLine(
                $"{CountText.Of(files.Count, "file")}, {changed} "
                + $"{(touches ? "formatted" : "not formatted")}{(broken > 0 ? $", {broken} with errors" : "")}");
            return broken > 0 || (changed > 0 && parsed.GetValue(check)) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    private static int FormatInput(CliContext context)
    {
        var result = ModelfileParser.Parse(context.In.ReadToEnd(), "<stdin>");
        foreach (var problem in result.Diagnostics)
            context.Error.WriteLine(problem.ToString());
        if (!result.Succeeded)
            return ExitCode.Failed;
        context.ExactOut.Write(ModelfileFormat.Of(result.Modelfile));
        return ExitCode.Done;
    }
}
