using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>The real executable, serving on a free loopback port with a home of its own.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    private const int MostPort = 32_000;

    private static int s_lastPort = Random.Shared.Next(15_000, 28_000);

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly StringBuilder _output = new();
    private readonly Process _process;

    private Daemon(Process process, int port, string home)
    {
        _process = process;
        Home = home;
        Address = new Uri($"http://127.0.0.1:{port}");
        HangsUp = new HttpClient(
            new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero, MaxResponseDrainSize = 0 })
        {
            BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60),
        };
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Where it listens.</summary>
    internal Uri Address { get; }

    /// <summary>Its state folder.</summary>
    internal string Home { get; }

    /// <summary>Speaks to it.</summary>
    internal HttpClient Http { get; }

    /// <summary>
    /// Speaks to it too; who disposes a reply of it hangs up at once, as a client that is gone does, instead of reading on for a
    /// while.
    /// </summary>
    internal HttpClient HangsUp { get; }

    internal int ProcessId => _process.Id;

    /// <summary>All that it printed.</summary>
    internal string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts <c>modelops serve</c> and waits until it answers.</summary>
    internal static Task<Daemon> StartAsync(string? source, string home, params string[] options) =>
        StartWithAsync(new Dictionary<string, string>(), source, home, options);

    /// <summary>The same, with variables in its environment.</summary>
    internal static async Task<Daemon> StartWithAsync(
        IReadOnlyDictionary<string, string> environment, string? source, string home, params string[] options)
    {
        var port = FreePort();
        string[] arguments = [
            "serve", .. source is null ? [] : new[] { source }, "--home", home, "--listen", $"127.0.0.1:{port}", .. options,
        ];
        var process = Executable.Start(arguments, environment);
        var daemon = new Daemon(process, port, home);
        daemon.Collect();
        await daemon.WaitAsync("the server answers", daemon.AnswersAsync, StartLimit);
        return daemon;
    }

    /// <summary>
    /// Starts it and waits until it has looked at the source, what it found is applied, and every pinned model is in memory.
    /// </summary>
    internal static async Task<Daemon> StartReadyAsync(string source, string home, params string[] options)
    {
        var started = DateTimeOffset.UtcNow;
        var daemon = await StartAsync(source, home, options);
        await daemon.WaitAsync("ready", async () => IsReady(await daemon.GetAsync("modelops/v1/status"), started), StartLimit);
        return daemon;
    }

    private static bool IsReady(JsonNode status, DateTimeOffset since) =>
        (bool)status["ready"]! && (DateTimeOffset?)status["source"]?["lastSuccess"] >= since;

    /// <summary>Polls until something is true; fails with the daemon's output when the time is over.</summary>
    internal async Task WaitAsync(string what, Func<Task<bool>> condition, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (true)
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"The server ended with {_process.ExitCode} while waiting for: {what}\n{Output}");
            if (await condition())
                return;
            if (clock.Elapsed > (limit ?? TimeSpan.FromSeconds(30)))
                throw new TimeoutException($"Waited {clock.Elapsed.TotalSeconds:F0} s for: {what}\n{Output}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>A reply as JSON. Every status that is read is held to the rules that hold for all of them.</summary>
    internal async Task<JsonNode> GetAsync(string path)
    {
        var reply = JsonNode.Parse(await Http.GetStringAsync(path))!;
        if (path.EndsWith("modelops/v1/status", StringComparison.Ordinal))
            StatusInvariants.Check(reply);
        return reply;
    }

    internal async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, JsonNode body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8) };
        try
        {
            using var response = await Http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
        }
        catch (HttpRequestException error)
        {
            var state = _process.HasExited ? $"ended with {_process.ExitCode}" : "still runs";
            throw new InvalidOperationException($"{method} {path} got no answer; the server {state}.\n{Output}", error);
        }
    }

    /// <summary>Asks one question at temperature 0 and returns the answer's text.</summary>
    internal async Task<string> AskAsync(string model, string question)
    {
        var (status, body) = await SendAsync(HttpMethod.Post, "api/chat", new JsonObject
        {
            ["model"] = model,
            ["stream"] = false,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
            ["options"] = new JsonObject { ["temperature"] = 0 },
        });
        return status == HttpStatusCode.OK ? (string)body!["message"]!["content"]! : $"{(int)status}: {body?["error"]}";
    }

    internal void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    internal async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Worker processes of this daemon.</summary>
    internal IReadOnlyList<int> Workers() => Executable.WorkersOf(_process.Id);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        HangsUp.Dispose();
        if (!_process.HasExited)
        {
            Signal("TERM");
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }

    /// <summary>A port that no test of this run gets twice, below the range that the system gives to outgoing connections.</summary>
    internal static int FreePort()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref s_lastPort);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException) when (port < MostPort)
            {
                // Somebody has it.
            }
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return (await Http.GetAsync("healthz")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Collect()
    {
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Append(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }
}
