namespace ModelOps.Cli.Tests;

/// <summary>A command line in this process, with what it printed.</summary>
internal sealed class Shell : IDisposable
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    internal Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal) { ["OLLAMA_HOST"] = "127.0.0.1:1" };

    internal string Folder { get; init; } = Path.GetTempPath();

    /// <summary>What comes in on standard input.</summary>
    internal string Input { get; init; } = "";

    internal string UserHome { get; init; } = "/nonexistent/home";

    internal string Output => _out.ToString();

    internal string Error => _error.ToString();

    internal Task<int> RunAsync(params string[] words) => Application.RunAsync(words, Context());

    internal CliContext Context(TextWriter? output = null) => new()
    {
        Out = output ?? _out,
        Error = _error,
        In = new StringReader(Input),
        Environment = name => Environment.GetValueOrDefault(name),
        WorkingFolder = Folder,
        UserHome = UserHome,
    };

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
    }
}
