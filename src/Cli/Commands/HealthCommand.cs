using System.CommandLine;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops health</c>: whether the server is alive, for the health check of a container.</summary>
internal static class HealthCommand
{
    internal static Command Create(CliContext context)
    {
        var ready = new Option<bool>("--ready") { Description = "Ask instead whether requests can be sent to it" };
        var host = Shared.Host();
        var command = new Command("health", "Ask the server whether it is alive: for containers") { ready, host };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(host));
            try
            {
                await client.CheckAsync(parsed.GetValue(ready) ? "readyz" : "healthz", cancellationToken);
            }
            catch (CliException error)
            {
                // A health check knows 0 and 1.
                throw new CliException(ExitCode.Failed, error.Message, error);
            }

            context.Out.WriteLine(parsed.GetValue(ready) ? "ready" : "healthy");
            return ExitCode.Done;
        });
        return command;
    }
}
