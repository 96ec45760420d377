using ModelOps.Cli;
using ModelOps.Cli.BuiltInGit;
using ModelOps.Cli.Commands;

// The worker is the engine's process; it is started by the daemon and must start fast.
if (args is ["worker", ..])
    return await WorkerCommand.RunAsync(args[1..]);

// Git's verbs where there is no git program: one call, one process, so that it can be bounded and killed as git can.
if (args is [BuiltInGitProgram.Verb, ..])
    return BuiltInGitProgram.Run(args[1..]);

return await Application.RunAsync(args, CliContext.OfProcess());
