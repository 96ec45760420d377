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

    /// <summary>Folder that relative paths start from.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>The user's home folder.</summary>
    public required string UserHome { get; init; }

    /// <summary>Standard input is a terminal.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>Standard output is a terminal.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Standard error is a terminal: progress may overwrite lines.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Columns and rows of the terminal.</summary>
    public Func<(int Columns, int Rows)> TerminalSize { get; init; } = () => (80, 24);

    /// <summary>Clock of ages and progress.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Colour may be used: a terminal, and <c>NO_COLOR</c> is not set.</summary>
    public bool UseColor => OutIsTerminal && string.IsNullOrEmpty(Environment("NO_COLOR"));

    /// <summary>The context of this process.</summary>
    internal static CliContext OfProcess() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        In = Console.In,
        Environment = System.Environment.GetEnvironmentVariable,
        WorkingFolder = Directory.GetCurrentDirectory(),
        UserHome = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile),
        InIsTerminal = !Console.IsInputRedirected,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        TerminalSize = SizeOfConsole,
    };

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

    /// <summary>An absolute path of a user's path.</summary>
    internal string FullPath(string path) => Path.GetFullPath(path, WorkingFolder);
}
