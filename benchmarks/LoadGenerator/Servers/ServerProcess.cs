using System.Diagnostics;

namespace ModelOps.LoadGenerator.Servers;

/// <summary>A started program and everything below it. It ends with this program, however this one ends.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const string Launch = """exec setpriv --pdeathsig TERM "$@" >>"$LOAD_LOG" 2>&1 </dev/null""";

    private readonly Process _process;
    private readonly string _log;

    private ServerProcess(Process process, string log) => (_process, _log) = (process, log);

    internal int Id => _process.Id;

    internal bool HasEnded => _process.HasExited;

    /// <summary>Starts it with its output in a file, so that reading it costs no time.</summary>
    internal static ServerProcess Start(
        string log, string file, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("sh", ["-c", Launch, "sh", file, .. arguments]) { UseShellExecute = false };
        foreach (var name in start.Environment.Keys
            .Where(name => name.StartsWith("OLLAMA_", StringComparison.Ordinal) || name.StartsWith("LLAMA_", StringComparison.Ordinal))
            .ToList())
            start.Environment.Remove(name);
        start.Environment["LOAD_LOG"] = log;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new ServerProcess(Process.Start(start)!, log);
    }

    /// <summary>The process and all below it, itself first.</summary>
    internal IReadOnlyList<int> Tree()
    {
        var found = new List<int> { Id };
        for (var index = 0; index < found.Count; index++)
            found.AddRange(ProcFile.ChildrenOf(found[index]));
        return found;
    }

    /// <summary>The end of what it printed.</summary>
    internal string LastWords() => string.Join('\n', File.ReadLines(_log).TakeLast(20));

    public void Dispose()
    {
        var tree = Tree();
        if (!_process.HasExited)
        {
            Signal("TERM", Id);
            if (!_process.WaitForExit(TimeSpan.FromSeconds(15)))
                Signal("KILL", Id);
            _process.WaitForExit();
        }

        foreach (var left in tree.Skip(1).Where(id => Directory.Exists($"/proc/{id}")))
            Signal("KILL", left);
        _process.Dispose();
    }

    private static void Signal(string signal, int process)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", $"{process}"]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }
}
