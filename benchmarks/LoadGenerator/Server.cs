using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelOps.LoadGenerator;

/// <summary>One of the two servers, started for a scenario and ended after it.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string? _home;

    private Server(string name, Process process, int port, string model, string? home)
    {
        (Name, _process, Model, _home) = (name, process, model, home);
        Port = port;
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 4096 })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}/"),
            Timeout = TimeSpan.FromMinutes(10),
        };
    }

    internal string Name { get; }

    /// <summary>Name to ask for.</summary>
    internal string Model { get; }

    internal int Port { get; }

    internal HttpClient Http { get; }

    /// <summary>The peer: llama-server with as many slots, the whole context for them, and its own prompt cache on.</summary>
    internal static async Task<Server> StartPeerAsync(LoadOptions options, int slots, int context, CancellationToken cancellationToken)
    {
        var port = FreePort();
        var process = Start(options.Peer,
        [
            "--host", "127.0.0.1", "--port", $"{port}", "-m", options.Model, "-np", $"{slots}", "-c", $"{slots * context}",
            "-t", $"{options.Threads}", "--no-warmup",
        ]);
        var server = new Server("llama-server", process, port, "default", home: null);
        await server.WaitAsync("health", cancellationToken);
        return server;
    }

    /// <summary>
    /// Ours, with a models repository of its own: as many models as wanted on the same weights, the first one pinned. Their template adds
    /// nothing to a prompt, as the peer's completions do not.
    /// </summary>
    internal static async Task<Server> StartModelOpsAsync(LoadOptions options, int slots, int context, CancellationToken cancellationToken, int models = 1)
    {
        var port = FreePort();
        var home = Directory.CreateTempSubdirectory("modelops-bench-").FullName;
        var repository = Path.Combine(home, "repository");
        Directory.CreateDirectory(repository);
        File.CreateSymbolicLink(Path.Combine(home, "weights.gguf"), options.Model);
        File.Copy(options.Model, Path.Combine(repository, "weights.gguf"));
        var yaml = new StringBuilder("apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: bench }\nspec:\n  models:\n");
        for (var index = 0; index < models; index++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"    - name: model{index}\n");
            yaml.Append(CultureInfo.InvariantCulture, $"      inline: |\n        FROM weights.gguf\n        TEMPLATE {{{{ .Prompt }}}}\n        SYSTEM You are model number {index}.\n");
            yaml.Append("      residency: { mode: always }\n");
            yaml.Append(CultureInfo.InvariantCulture, $"      runtime: {{ context: {context}, parallel: {slots} }}\n");
        }

        await File.WriteAllTextAsync(Path.Combine(repository, "modelops.yaml"), yaml.ToString(), cancellationToken);
        var process = Start(options.ModelOps, ["serve", repository, "--working-tree", "--home", home, "--listen", $"127.0.0.1:{port}", "--poll-interval", "1h"]);
        var server = new Server("modelops", process, port, "model0", home);
        await server.WaitAsync("readyz", cancellationToken);
        return server;
    }

    /// <summary>The server's process and all below it.</summary>
    internal IReadOnlyList<int> Processes()
    {
        var parents = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0).Where(id => id > 0)
            .Select(id => (Id: id, Parent: ProcFile.Number(id, "status", "PPid:"))).ToList();
        var found = new List<int> { _process.Id };
        for (var index = 0; index < found.Count; index++)
            found.AddRange(parents.Where(process => process.Parent == found[index]).Select(process => process.Id));
        return found;
    }

    /// <summary>Anonymous memory and swap of all its processes, in bytes. Mapped weights are not in it.</summary>
    internal long AnonymousBytes() => Processes().Sum(id =>
        (ProcFile.Number(id, "smaps_rollup", "Anonymous:") + ProcFile.Number(id, "smaps_rollup", "Swap:")) * 1024L);

    /// <summary>Processor time of all its processes.</summary>
    internal TimeSpan ProcessorTime() => TimeSpan.FromSeconds(Processes().Sum(ProcFile.ProcessorTicks) / 100.0);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await kill.WaitForExitAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
            }
        }

        _process.Dispose();
        if (_home is not null)
            Directory.Delete(_home, recursive: true);
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process Start(string file, IEnumerable<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task WaitAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (true)
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"{Name} ended with {_process.ExitCode}");
            try
            {
                using var reply = await Http.GetAsync(path, limit.Token);
                if (reply.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
