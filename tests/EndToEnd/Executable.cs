using System.Diagnostics;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>The built <c>modelops</c>: the JIT build beside the tests, or the one that <c>MODELOPS_EXECUTABLE</c> names.</summary>
internal static class Executable
{
    private static string Path { get; } = Find();

    /// <summary>It is the native build: no managed library lies beside it.</summary>
    internal static bool IsNative => !File.Exists(System.IO.Path.ChangeExtension(Path, ".dll"));

    internal static Process Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        // A shell without job control starts what is in the background with interrupts ignored, and children inherit that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Path, .. arguments])
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
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Runs one command to its end.</summary>
    internal static async Task<Outcome> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        using var process = Start(arguments, environment, folder);
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
    internal static bool IsAlive(int id) => Read($"/proc/{id}/stat") is { Length: > 0 } stat && !stat.Contains(") Z ", StringComparison.Ordinal);

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

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("MODELOPS_EXECUTABLE") is { Length: > 0 } given)
            return given;
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return RepoRoot.Combine("src", "Cli", "bin", configuration, "net10.0", "modelops");
    }

    internal sealed record Outcome(int ExitCode, string Output, string Error);
}
