using ModelOps.Cli.Output;

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

    /// <summary><see cref="Out"/> without the guard against control characters: for our own colours, and for what must stay byte for byte.</summary>
    public TextWriter ExactOut => Out is SafeWriter safe ? safe.Exact : Out;

    /// <summary><see cref="Error"/> without it: for bars that move.</summary>
    public TextWriter ExactError => Error is SafeWriter safe ? safe.Exact : Error;

    /// <summary>Columns that results may take: those of the terminal, and any number elsewhere.</summary>
    public int OutColumns => OutIsTerminal ? TerminalSize().Columns : int.MaxValue;

    /// <summary>The context of this process.</summary>
    internal static CliContext OfProcess() => new()
    {
        Out = new SafeWriter(Console.Out),
        Error = new SafeWriter(Console.Error, isLog: true),
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
