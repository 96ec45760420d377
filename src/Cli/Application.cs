using System.CommandLine;
using ModelOps.Cli.Commands;
using ModelOps.Cli.Help;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli;

/// <summary>The command line as a whole: all verbs, and what their failures look like.</summary>
internal static class Application
{
    /// <summary>Runs one command line and returns the exit code. Throws nothing.</summary>
    internal static async Task<int> RunAsync(string[] args, CliContext context)
    {
        var isReference = false;
        Interruption? interruption = null;
        try
        {
            if (VersionCommand.IsAsked(args))
            {
                interruption = new Interruption();
                return await VersionCommand.RunAsync(context, interruption.Token);
            }

            var root = Build(context);
            if (args is [CompletionCommand.Asked, .. var begun])
                return await CompletionCommand.CompleteAsync(root, context, begun.Length > 0 ? begun : [""]);
            var parsed = root.Parse(CommandWords.Rewrite(root, args), CommandWords.Parser);
            isReference = IsReferenceVerb(parsed);
            if (CommandWords.Problems(root, parsed) is { Count: > 0 } problems)
            {
                foreach (var problem in problems)
                    context.Fail(AddressText.WithoutCredentials(problem));
                context.Error.WriteLine($"See 'modelops {Path(parsed)}--help'.");
                return isReference ? ExitCode.Failed : ExitCode.Usage;
            }

            // A conversation waits for the keyboard, which cannot be cancelled, and the server has its own way to stop.
            interruption = parsed.CommandResult.Command.Name is "run" or "serve" ? null : new Interruption();
            var configuration = new InvocationConfiguration
            {
                Output = context.Out,
                Error = context.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration, interruption?.Token ?? CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            return interruption?.ExitCode ?? ExitCode.Interrupted;
        }
#pragma warning disable CA1031 // The one net of the command line: a verb ends in a sentence, never in a trace.
        catch (Exception error)
#pragma warning restore CA1031
        {
            var failure = CommandFailure.Of(error);
            context.Fail(AddressText.WithoutCredentials(failure.Message));
            if (new HostEnvironment(context.Environment).Flag("OLLAMA_DEBUG") == true)
                context.Error.Write($"{error}\n");
            return isReference ? ExitCode.Failed : failure.ExitCode;
        }
        finally
        {
            interruption?.Dispose();
        }
    }

    /// <summary>All verbs; also what the help and the docs are made from.</summary>
    internal static RootCommand Build(CliContext context)
    {
        var root = new RootCommand("ModelOps: a git repository is the only thing you edit; the machine follows.");
        foreach (var command in ReferenceCommands(context).Concat(GitOpsCommands(context)))
            root.Subcommands.Add(command);
        root.Subcommands.Add(ManCommand.Create(context, root));
        foreach (var version in root.Options.OfType<VersionOption>())
            version.Description = "Show the version; with --verbose also which engines there are and what they compute on";
        HelpAction.Use(root, context);
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
        GetCommand.Create(context),
        DescribeCommand.Create(context),
        EventsCommand.Create(context),
        HistoryCommand.Create(context),
        SyncCommand.Create(context),
        WaitCommand.Create(context),
        .. ControlCommands.Create(context),
        InitCommand.Create(context),
        LintCommand.Create(context),
        FmtCommand.Create(context),
        DiffCommand.Create(context),
        ExplainCommand.Create(context),
        SchemaCommand.Create(context),
        ConfigCommand.Create(context),
        TrustCommand.Create(context),
        WebhookCommand.Create(context),
        NotificationsCommand.Create(context),
        AuditCommand.Create(context),
        CiCommand.Create(context),
        KeysCommand.Create(context),
        VerifyCommand.Create(context),
        GcCommand.Create(context),
        DoctorCommand.Create(context),
        HealthCommand.Create(context),
        CompletionCommand.Create(context),
    ];

    private static bool IsReferenceVerb(ParseResult parsed) =>
        parsed.CommandResult.Command.Parents.All(parent => parent is RootCommand)
        && parsed.CommandResult.Command.Name is "run" or "create" or "show" or "list" or "ps" or "pull" or "push" or "cp" or "rm" or "stop";

    private static string Path(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "" : CommandWords.Words(parsed.CommandResult.Command) + " ";
}
