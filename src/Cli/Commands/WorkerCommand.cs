using ModelOps.Runtime.Workers;

namespace ModelOps.Cli.Commands;

/// <summary>The hidden verb that the daemon starts itself with: the process that hosts engines.</summary>
internal static class WorkerCommand
{
    internal static Task<int> RunAsync(string[] args) => WorkerMain.RunAsync(args, TimeProvider.System, CancellationToken.None);
}
