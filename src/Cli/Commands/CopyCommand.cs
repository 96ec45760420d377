using System.CommandLine;
using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops cp</c>: a second name for a build.</summary>
internal static class CopyCommand
{
    internal static Command Create(CliContext context)
    {
        var source = new Argument<string>("SOURCE") { Description = "Name to copy" };
        var destination = new Argument<string>("DESTINATION") { Description = "Name to make" };
        var host = Shared.Host();
        var command = new Command("cp", "Copy a model") { source, destination, host };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(host));
            var (from, to) = (parsed.GetValue(source)!, parsed.GetValue(destination)!);
            await client.TellAsync(
                HttpMethod.Post, "api/copy", new JsonObject { ["source"] = from, ["destination"] = to }, cancellationToken);
            context.Out.WriteLine(SafeText.ForLine($"copied '{from}' to '{to}'"));
            return ExitCode.Done;
        });
        return command;
    }
}
