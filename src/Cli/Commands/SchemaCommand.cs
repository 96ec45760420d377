using System.CommandLine;
using ModelOps.Reconciler.Desired.Settings;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops schema [modelset]</c>: the JSON Schema of a file, for editors and pipelines.</summary>
internal static class SchemaCommand
{
    internal static Command Create(CliContext context)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "modelset: modelops.yaml of a models repository",
            DefaultValueFactory = _ => "modelset",
        };
        file.AcceptOnlyFromAmong("modelset");
        var command = new Command("schema", "Print the JSON Schema of a file") { file };
        command.SetAction(parsed =>
        {
            context.ExactOut.Write(ModelSetSettings.Schema);
            return ExitCode.Done;
        });
        return command;
    }
}
