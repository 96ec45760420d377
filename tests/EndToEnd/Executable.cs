using System.Diagnostics;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>Runs <see cref="BuiltExecutable"/>.</summary>
internal static class Executable
{
    /// <summary>Where it is.</summary>
    internal static string Path => BuiltExecutable.Path;

    /// <summary>It is the native build: no managed library lies beside it.</summary>
    internal static bool IsNative => !File.Exists(System.IO.Path.ChangeExtension(Path, ".dll"));

    internal static Process Start(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        // A shell without job control starts what is in the background with interrupts ignored, and children inherit that.
        var process = StartProgram("env", ["--default-signal=INT", Path, .. arguments], environment, folder);
        process.StandardInput.Close();
        return process;
    }

    private static Process StartProgram(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, string? folder)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? RepoRoot.Path,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OLLAMA_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs one command to its end.</summary>
    internal static Task<Outcome> RunAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null) =>
        EndAsync(Start(arguments, environment, folder));

    /// <summary>Runs one command to its end, which reads a text as its standard input.</summary>
    internal static async Task<Outcome> RunWithInputAsync(
        string input, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var process = StartProgram(Path, arguments, environment, folder);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    /// <summary>Runs a line of a shell, in which <c>$MODELOPS</c> is the executable.</summary>
    internal static Task<Outcome> ShellAsync(string line, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var variables = new Dictionary<string, string>(environment ?? new Dictionary<string, string>()) { ["MODELOPS"] = Path };
        var process = StartProgram("bash", ["-c", line], variables, folder);
        process.StandardInput.Close();
        return EndAsync(process);
    }

    private static async Task<Outcome> EndAsync(Process process)
    {
        using var owned = process;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return new Outcome(process.ExitCode, await output, await error);
    }

    /// <summary>Worker processes that a process started.</summary>
    internal static IReadOnlyList<int> WorkersOf(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(System.IO.Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0 && IsWorkerOf(id, parent)),
    ];

    /// <summary>The process is still there, and no zombie.</summary>
    internal static bool IsAlive(int id) =>
        Read($"/proc/{id}/stat") is { Length: > 0 } stat && !stat.Contains(") Z ", StringComparison.Ordinal);

    private static bool IsWorkerOf(int id, int parent) =>
        Read($"/proc/{id}/cmdline").Split('\0').Contains("worker")
        && Read($"/proc/{id}/status").Contains($"\nPPid:\t{parent}\n", StringComparison.Ordinal);

    /// <summary>A file of /proc; empty when the process ended meanwhile.</summary>
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    internal sealed record Outcome(int ExitCode, string Output, string Error);
}
