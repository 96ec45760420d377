using System.CommandLine;
using ModelOps.Cli.Configuration;
using ModelOps.Reconciler.Desired.Settings;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops schema [modelset|host]</c>: the JSON Schema of a file, for editors and pipelines.</summary>
internal static class SchemaCommand
{
    internal static Command Create(CliContext context)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "modelset: modelops.yaml of a models repository; host: the configuration file of the machine",
            DefaultValueFactory = _ => "modelset",
        };
        file.AcceptOnlyFromAmong("modelset", "host");
        var command = new Command("schema", "Print the JSON Schema of a file") { file };
        command.SetAction(parsed =>
        {
            context.ExactOut.Write(parsed.GetValue(file) == "host" ? HostSettings.Schema : ModelSetSettings.Schema);
            return ExitCode.Done;
        });
        return command;
    }
}
