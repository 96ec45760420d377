using System.CommandLine;
using ModelOps.Cli.Client;
using ModelOps.Cli.Commands;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Cli;

/// <summary>The command line as a whole: all verbs, and what their failures look like.</summary>
internal static class Application
{
    /// <summary>Runs one command line and returns the exit code.</summary>
    internal static async Task<int> RunAsync(string[] args, CliContext context)
    {
        var root = Build(context);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                context.Error.WriteLine($"Error: {AddressText.WithoutCredentials(error.Message)}");
            context.Error.WriteLine($"See 'modelops {Path(parsed)}--help'.");
            return IsReferenceVerb(parsed) ? ExitCode.Failed : ExitCode.Usage;
        }

        // A conversation waits for the keyboard, which cannot be cancelled, and the server has its own way to stop.
        using var interruption = parsed.CommandResult.Command.Name is "run" or "serve" ? null : new Interruption();
        var configuration = new InvocationConfiguration
        {
            Output = context.Out,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, interruption?.Token ?? CancellationToken.None);
        }
        catch (CliException error)
        {
            return Fail(context, error.Message, IsReferenceVerb(parsed) ? ExitCode.Failed : error.ExitCode);
        }
        catch (ApiException error)
        {
            return Fail(context, error.Message, ExitCode.Failed);
        }
        catch (StoreException error)
        {
            return Fail(context, error.Message, ExitCode.Failed);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // A connection that broke, a file that cannot be read.
            return Fail(context, error.InnerException is { } cause ? $"{error.Message} {cause.Message}" : error.Message, ExitCode.Failed);
        }
        catch (OperationCanceledException)
        {
            return interruption?.ExitCode ?? ExitCode.Interrupted;
        }
    }

    /// <summary>All verbs; also what the help and the docs are made from.</summary>
    internal static RootCommand Build(CliContext context)
    {
        var root = new RootCommand("ModelOps: a git repository is the only thing you edit; the machine follows.");
        foreach (var command in ReferenceCommands(context).Concat(GitOpsCommands(context)))
            root.Subcommands.Add(command);
        return root;
    }

    private static IEnumerable<Command> ReferenceCommands(CliContext context) =>
    [
        ServeCommand.Create(context),
        RunCommand.Create(context),
        CreateCommand.Create(context),
        ShowCommand.Create(context),
        ListCommand.Create(context),
        PsCommand.Create(context),
        PullCommand.Create(context),
        PushCommand.Create(context),
        CopyCommand.Create(context),
        RemoveCommand.Create(context),
        StopCommand.Create(context),
    ];

    private static IEnumerable<Command> GitOpsCommands(CliContext context) =>
    [
        StatusCommand.Create(context),
        SyncCommand.Create(context),
        LintCommand.Create(context),
        FmtCommand.Create(context),
        DiffCommand.Create(context),
        ExplainCommand.Create(context),
        VerifyCommand.Create(context),
        GcCommand.Create(context),
    ];

    private static bool IsReferenceVerb(ParseResult parsed) =>
        parsed.CommandResult.Command.Name is "run" or "create" or "show" or "list" or "ps" or "pull" or "push" or "cp" or "rm" or "stop";

    private static string Path(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";

    private static int Fail(CliContext context, string message, int exitCode)
    {
        context.Error.WriteLine($"Error: {AddressText.WithoutCredentials(message)}");
        return exitCode;
    }
}
