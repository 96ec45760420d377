using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ModelOps.Cli.Help;

/// <summary>Prints the help of the verb that was asked about.</summary>
internal sealed class HelpAction(CliContext context) : SynchronousCommandLineAction
{
    /// <summary>From now on, <c>--help</c> of a command and of those below prints this help.</summary>
    internal static void Use(RootCommand root, CliContext context)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            option.Action = new HelpAction(context);
            option.Description = "Show this help";
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        context.ExactOut.Write(HelpText.Of(parseResult.CommandResult.Command, context.OutColumns, context.UseColor));
        return ExitCode.Done;
    }
}
