using System.Collections.Concurrent;
using System.Diagnostics;

namespace ModelOps.EndToEnd;

/// <summary>The container registry of the operating system, on loopback, with a folder of its own.</summary>
internal sealed class DockerRegistry : IAsyncDisposable
{
    private const string Program = "/usr/bin/docker-registry";

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    private DockerRegistry(string folder)
    {
        Directory.CreateDirectory(folder);
        var config = Path.Combine(folder, "registry.yml");
        File.WriteAllText(config, $"""
            version: 0.1
            log:
              level: error
            storage:
              filesystem:
                rootdirectory: {folder}
            http:
              addr: 127.0.0.1:{Port}
            """);
        _process = Process.Start(
            new ProcessStartInfo(Program, ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal int Port { get; } = Daemon.FreePort();

    /// <summary>Starts it; skips the test where it is not installed.</summary>
    internal static async Task<DockerRegistry> StartAsync(string folder)
    {
        Assert.SkipUnless(File.Exists(Program), "docker-registry is not installed");
        var registry = new DockerRegistry(folder);
        using var http = new HttpClient();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(20); await timer.WaitForNextTickAsync())
        {
            try
            {
                using var response = await http.GetAsync($"http://127.0.0.1:{registry.Port}/v2/");
                return registry;
            }
            catch (HttpRequestException)
            {
                // Not there yet.
            }
        }

        throw new TimeoutException("the registry did not start");
    }

    /// <summary>A name of a model in it.</summary>
    internal string NameOf(string model) => $"127.0.0.1:{Port}/lab/{model}:latest";

    /// <summary>Bytes of a blob that it has sent, by its own log of requests.</summary>
    internal long Sent(string hexDigest) => _lines
        .Where(
            line => line.Contains($"\"GET /v2/lab/", StringComparison.Ordinal)
                && line.Contains($"/blobs/sha256:{hexDigest} ", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split('"')[2].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
