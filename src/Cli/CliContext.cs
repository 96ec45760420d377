using System.Globalization;
using ModelOps.Cli.Output;
using ModelOps.Cli.Terminal.Native;
using ModelOps.ModelStore.Native;

namespace ModelOps.Cli;

/// <summary>The process as the verbs see it; handed in, so that tests can run a verb without one.</summary>
internal sealed record CliContext
{
    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress, warnings and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Piped or typed input.</summary>
    public required TextReader In { get; init; }

    /// <summary>Reads an environment variable; null when it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Folder that relative paths start from; empty when it no longer exists.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>The user's home folder, whether it exists or not; as <c>HOME</c> has it, else as the system knows it.</summary>
    public required string UserHome { get; init; }

    /// <summary>Standard input is a terminal.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>Standard output is a terminal.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>The reader of standard output has left, as <c>head</c> does, so long work should stop.</summary>
    public Func<bool> OutIsUnread { get; init; } = () => false;

    /// <summary>Standard error is a terminal: progress may overwrite lines.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Columns and rows of the terminal.</summary>
    public Func<(int Columns, int Rows)> TerminalSize { get; init; } = () => (80, 24);

    /// <summary>Takes the terminal of standard input over, key by key; null where there is none that can be.</summary>
    public Func<TerminalMode?> OpenTerminal { get; init; } = () => null;

    /// <summary>Clock of ages and progress.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Results may be coloured: on a terminal that can, or where <c>CLICOLOR_FORCE</c> says so; never with <c>NO_COLOR</c>.
    /// </summary>
    public bool UseColor => MayColor(OutIsTerminal);

    /// <summary>The same of errors.</summary>
    public bool UseErrorColor => MayColor(ErrorIsTerminal);

    /// <summary>
    /// <see cref="Out"/> without the guard against control characters: for our own colours, and for what must stay byte for byte.
    /// </summary>
    public TextWriter ExactOut => Out is SafeWriter safe ? safe.Exact : Out;

    /// <summary><see cref="Error"/> without it: for bars that move.</summary>
    public TextWriter ExactError => Error is SafeWriter safe ? safe.Exact : Error;

    /// <summary>Columns that results may take: those of the terminal, elsewhere what <c>COLUMNS</c> says, else any number.</summary>
    public int OutColumns => OutIsTerminal ? TerminalSize().Columns : GivenColumns ?? int.MaxValue;

    /// <summary>Results are to fit into columns, and are not made for a program.</summary>
    public bool OutHasColumns => OutIsTerminal || GivenColumns is not null;

    private int? GivenColumns =>
        int.TryParse(Environment("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var columns) && columns > 0
            ? columns
            : null;

    /// <summary>The context of this process. It never fails: the verb that needs a missing part reports it.</summary>
    internal static CliContext OfProcess()
    {
        var closed = StandardStreams.Claim();
        if (closed[2])
            Console.SetError(TextWriter.Null);
        if (closed[1])
            Console.SetOut(TextWriter.Null);
        var output = new OutputWriter(closed[1] ? null : Console.Out, closed[1] ? null : StandardStreams.ReaderLeft);
        return new()
        {
            Out = new SafeWriter(output),
            OutIsUnread = () => output.IsUnread,
            Error = new SafeWriter(new UnfailingWriter(Console.Error), isLog: true),
            In = closed[0] ? TextReader.Null : Console.In,
            Environment = System.Environment.GetEnvironmentVariable,
            WorkingFolder = CurrentFolder(),
            UserHome = HomeOfUser(),
            InIsTerminal = !closed[0] && !Console.IsInputRedirected,
            OutIsTerminal = !closed[1] && !Console.IsOutputRedirected,
            ErrorIsTerminal = !closed[2] && !Console.IsErrorRedirected,
            TerminalSize = SizeOfConsole,
            OpenTerminal = () => System.Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb" ? null : TerminalMode.Open(),
        };
    }

    /// <summary>Prints what went wrong.</summary>
    internal void Fail(string message)
    {
        ExactError.Write(Paint.Failure("Error:", UseErrorColor) + " ");
        Error.WriteLine(message);
    }

    /// <summary>An absolute path of a user's path.</summary>
    /// <exception cref="CliException">It is empty, or relative to a folder that no longer exists.</exception>
    internal string FullPath(string path)
    {
        if (path.Length == 0)
            throw new CliException(ExitCode.Usage, "an empty path names no file or folder");
        if (WorkingFolder.Length == 0 && !Path.IsPathRooted(path))
        {
            throw new CliException(
                ExitCode.Usage,
                $"{path} is relative to the current folder, which does not exist any more; go to another, or write the whole path");
        }

        return Path.GetFullPath(path, WorkingFolder.Length == 0 ? "/" : WorkingFolder);
    }

    private bool MayColor(bool isTerminal)
    {
        if (Environment("NO_COLOR") is { Length: > 0 })
            return false;
        return Environment("CLICOLOR_FORCE") is { Length: > 0 } and not "0"
            || (isTerminal && Environment("TERM") != "dumb" && Environment("CLICOLOR") != "0");
    }

    private static string CurrentFolder()
    {
        try
        {
            return Directory.GetCurrentDirectory();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // The home may not exist yet, so its existence is not checked.
    private static string HomeOfUser() =>
        System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile, System.Environment.SpecialFolderOption.DoNotVerify);

    private static (int Columns, int Rows) SizeOfConsole()
    {
        try
        {
            return Console.WindowWidth > 0 && Console.WindowHeight > 0 ? (Console.WindowWidth, Console.WindowHeight) : (80, 24);
        }
        catch (IOException)
        {
            return (80, 24);
        }
    }
}
