using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ModelOps.EndToEnd;

/// <summary>The real executable on an https address, with keys, in a home of its own.</summary>
internal sealed class TlsDaemon : IAsyncDisposable
{
    private readonly StringBuilder _output = new();
    private readonly Process _process;
    private readonly Certificates _certificates;

    private TlsDaemon(Process process, Certificates certificates, string home, int port)
    {
        (_process, _certificates, Home, Port) = (process, certificates, home, port);
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    internal string Home { get; }

    internal int Port { get; }

    internal int ProcessId => _process.Id;

    internal string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    internal static async Task<TlsDaemon> StartAsync(Certificates certificates, string home, params string[] options)
    {
        var port = Daemon.FreePort();
        string[] arguments = [
            "serve", "--home", home, "--listen", $"https://127.0.0.1:{port}", "--require-keys",
            "--tls-cert", certificates.ServerFile, "--tls-key", certificates.ServerKeyFile, .. options,
        ];
        var daemon = new TlsDaemon(Executable.Start(arguments), certificates, home, port);
        await daemon.WaitAsync("Ready after");
        return daemon;
    }

    /// <summary>Waits until it printed something.</summary>
    internal async Task WaitAsync(string text)
    {
        for (var clock = Stopwatch.StartNew(); !Output.Contains(text, StringComparison.Ordinal);)
        {
            if (_process.HasExited || clock.Elapsed > TimeSpan.FromSeconds(60))
                throw new TimeoutException($"waited for: {text}\n{Output}");
            await Task.Delay(25);
        }
    }

    /// <summary>Makes a key; it is in force within two seconds, which are waited for.</summary>
    internal async Task<string> KeyAsync(string name, params string[] options)
    {
        var made = await Executable.RunAsync(["keys", "create", name, "--home", Home, .. options]);
        if (made.ExitCode != 0)
            throw new InvalidOperationException(made.Error);
        await Task.Delay(TimeSpan.FromSeconds(2));
        return made.Output.Trim();
    }

    /// <summary>A client that trusts the authority and shows a key.</summary>
    internal HttpClient Client(string? key = null, Version? version = null, X509Certificate2? certificate = null, TimeSpan? lifetime = null)
    {
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = lifetime ?? Timeout.InfiniteTimeSpan };
        var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        chain.CustomTrustStore.Add(_certificates.Authority);
        handler.SslOptions.CertificateChainPolicy = chain;
        if (certificate is not null)
            handler.SslOptions.ClientCertificates = [certificate];
        var client = new HttpClient(handler)
        {
            BaseAddress = new Uri($"https://127.0.0.1:{Port}"),
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(60),
        };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await kill.WaitForExitAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
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

    private void Append(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }
}
