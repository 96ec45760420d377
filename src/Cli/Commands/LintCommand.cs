using System.CommandLine;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops lint</c>: reviews Modelfiles and models repositories without engine, network or daemon.</summary>
internal static class LintCommand
{
    internal static Command Create(CliContext context)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Modelfiles, folders or a models repository [default: this folder]; '-' reads a Modelfile from standard input",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var format = new Option<string[]>("--format")
        {
            Description = "text, json, sarif, github, gitlab or junit; FORMAT=FILE writes to a file; several at once",
            HelpName = "FORMAT[=FILE]",
            DefaultValueFactory = _ => ["text"],
        };
        var failLevel = new Option<string>("--fail-level")
        {
            Description = "Least severity that fails",
            HelpName = "LEVEL",
            DefaultValueFactory = _ => "warning",
        };
        failLevel.AcceptOnlyFromAmong("error", "warning", "info", "style", "none");
        var fix = new Option<bool>("--fix") { Description = "Make the safe fixes, then lint" };
        var strict = new Option<bool>("--strict") { Description = "Every ignore needs a reason" };
        var noIgnore = new Option<bool>("--no-ignore") { Description = "Take no notice of ignore comments" };
        var disable = new Option<string[]>("--disable") { Description = "Rules not to look for", HelpName = "CODE" };
        var allow = new Option<string[]>("--allow-path")
        {
            Description = "Folder outside the repository that Modelfiles may name",
            HelpName = "DIR",
        };
        var memory = Shared.Memory();
        var command = new Command("lint", "Review Modelfiles and models repositories")
        {
            paths, format, failLevel, fix, strict, noIgnore, disable, allow, memory,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var outputs = parsed.GetValue(format)!.SelectMany(text => text.Split(',')).Select(LintOutput.Parse).ToArray();
            var options = new LintOptions
            {
                Strict = parsed.GetValue(strict),
                HonourIgnores = !parsed.GetValue(noIgnore),
                Disabled = [.. Codes(parsed.GetValue(disable))],
                AllowedPaths = [.. (parsed.GetValue(allow) ?? []).Select(context.FullPath)],
            };
            var given = parsed.GetValue(paths)!;
            var report = given is ["-"]
                ? ModelfileLint.Check(ModelfileSource.OfText(await context.In.ReadToEndAsync(cancellationToken), "<stdin>"), options)
                : await LintPaths.CheckAsync(
                    context, given, options, Shared.Capacity(context, parsed.GetValue(memory)), parsed.GetValue(fix), cancellationToken);
            var level = SeverityWords.TryParse(parsed.GetValue(failLevel)!, out var least) ? least : (Severity?)null;
            var run = new LintRun(report, LintPaths.Rules, level, ProductVersion.Text);
            foreach (var output in outputs)
                output.Write(context, run);
            return run.Verdict.ExitCode;
        });
        return command;
    }

    private static IEnumerable<string> Codes(string[]? given)
    {
        foreach (var code in (given ?? []).SelectMany(text => text.Split(',')))
        {
            yield return LintPaths.Rules.Any(rule => rule.Code == code)
                ? code
                : throw new CliException(ExitCode.Usage, $"there is no rule {code}; 'modelops explain' lists them");
        }
    }
}
