using ModelOps.Cli;
using ModelOps.Cli.Commands;

// The worker is the engine's process; it is started by the daemon and must start fast.
if (args is ["worker", ..])
    return await WorkerCommand.RunAsync(args[1..]);

return await Application.RunAsync(args, CliContext.OfProcess());
