using System.CommandLine;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops push</c>: sends a model to a registry.</summary>
internal static class PushCommand
{
    internal static Command Create(CliContext context) =>
        PullCommand.Transfer(context, "push", "Push a model to a registry", "api/push", name =>
        {
            context.Out.WriteLine();
            context.Out.WriteLine("You can find your model at:");
            context.Out.WriteLine();
            context.Out.WriteLine($"\t{name}");
        });
}
