using System.CommandLine;
using ModelOps.ModelfileLang.Lint;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops explain CODE</c>: cause, a bad and a good example of a rule; without a code the list of all.</summary>
internal static class ExplainCommand
{
    internal static Command Create(CliContext context)
    {
        var code = new Argument<string?>("CODE")
        {
            Description = "Code of a rule, such as MF2003; without one all rules are listed",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("explain", "Say what a diagnostic means and what to do about it") { code };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(code) is not { } asked)
            {
                foreach (var page in RulePages.Codes)
                    context.Out.WriteLine(RulePages.Find(page)!.Split('\n')[0][3..]);
                return ExitCode.Done;
            }

            context.Out.Write(RulePages.Find(asked.ToUpperInvariant())
                ?? throw new CliException(ExitCode.Usage, $"there is no rule {asked}; 'modelops explain' lists them"));
            return ExitCode.Done;
        });
        return command;
    }
}
