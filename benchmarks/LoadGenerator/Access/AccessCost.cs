using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ModelOps.LoadGenerator.Measuring;

namespace ModelOps.LoadGenerator.Access;

/// <summary>
/// What a key and TLS cost a request: <c>GET /api/version</c> on one kept connection, thousands of times, of three servers in turn. The
/// first round warms and is not counted. Told are the medians of the rounds' p50, and what they are above the server without either.
/// </summary>
internal static class AccessCost
{
    internal const string Name = "access";

    private const double KeyBar = 20;
    private const double TlsBar = 60;

    internal const string Help = """
        Usage: LoadGenerator access --modelops EXECUTABLE [--rounds 5] [--requests 10000]

        Exit code: 0 both bars are met; 1 a server failed; 2 a bar was missed.

        """;

    /// <exception cref="FormatException">The options are wrong.</exception>
    internal static int Run(string[] args)
    {
        var options = args.Chunk(2).ToDictionary(
            pair => pair[0], pair => pair.Length > 1 ? pair[1] : throw new FormatException($"{pair[0]} needs a value"),
            StringComparer.Ordinal);
        var executable = options.GetValueOrDefault("--modelops") is { } file && File.Exists(file)
            ? Path.GetFullPath(file)
            : throw new FormatException("--modelops FILE is missing or does not exist");
        var rounds = int.Parse(options.GetValueOrDefault("--rounds", "5"), CultureInfo.InvariantCulture);
        var requests = int.Parse(options.GetValueOrDefault("--requests", "10000"), CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("modelops-access-").FullName;
        var servers = new List<Server>();
        try
        {
            WriteCertificate(folder);
            var key = MakeKey(executable, Path.Combine(folder, "keys"));
            string[] keys = ["--keys", Path.Combine(folder, "keys")];
            string[] tls = ["--tls-cert", Path.Combine(folder, "cert.pem"), "--tls-key", Path.Combine(folder, "key.pem")];
            servers.Add(Server.Start("neither", executable, folder, "http", [], null));
            servers.Add(Server.Start("key", executable, folder, "http", [.. keys, "--require-keys"], key));
            servers.Add(Server.Start("TLS", executable, folder, "https", tls, null));
            return Measure(servers, rounds, requests);
        }
        finally
        {
            servers.ForEach(server => server.Dispose());
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Measure(List<Server> servers, int rounds, int requests)
    {
        var medians = servers.ToDictionary(server => server, _ => new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            // In turn, and each goes first equally often.
            foreach (var server in servers.Select((_, at) => servers[(at + round) % servers.Count]))
            {
                var times = server.Ask(requests);
                if (round > 0)
                    medians[server].Add(Statistics.Median(times));
            }
        }

        var plain = Statistics.Median(medians[servers[0]]);
        var (key, tls) = (Statistics.Median(medians[servers[1]]) - plain, Statistics.Median(medians[servers[2]]) - plain);
        foreach (var server in servers)
        {
            var each = string.Join(' ', medians[server].Select(time => time.ToString("F1", CultureInfo.InvariantCulture)));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{server.Name,-8} p50 {Statistics.Median(medians[server]):F1} µs   rounds {each}"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"a key adds {key:F1} µs (bar {KeyBar:F0}), TLS adds {tls:F1} µs (bar {TlsBar:F0})"));
        return key <= KeyBar && tls <= TlsBar ? 0 : 2;
    }

    private static string MakeKey(string executable, string file)
    {
        using var process = Process.Start(new ProcessStartInfo(executable, ["keys", "create", "bench", "--scope", "read", "--keys", file])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var key = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? key : throw new LoadException(process.StandardError.ReadToEnd());
    }

    private static void WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>A server of the executable and one connection to it.</summary>
    private sealed class Server : IDisposable
    {
        private readonly Process _process;
        private readonly Stream _stream;
        private readonly byte[] _request;
        private readonly byte[] _buffer = new byte[4096];

        private Server(string name, Process process, Stream stream, string? key)
        {
            (Name, _process, _stream) = (name, process, stream);
            var authorization = key is null ? "" : $"Authorization: Bearer {key}\r\n";
            _request = Encoding.ASCII.GetBytes($"GET /api/version HTTP/1.1\r\nHost: localhost\r\n{authorization}\r\n");
        }

        internal string Name { get; }

        internal static Server Start(string name, string executable, string folder, string scheme, string[] options, string? key)
        {
            var port = FreePort();
            var process = Process.Start(new ProcessStartInfo(
                executable,
                ["serve", "--home", Path.Combine(folder, name), "--listen", $"{scheme}://127.0.0.1:{port}", .. options])
            {
                RedirectStandardOutput = true,
            })!;
            while (process.StandardOutput.ReadLine() is { } line)
            {
                if (line.StartsWith("Ready after", StringComparison.Ordinal))
                    return new Server(name, process, Connect(scheme, port), key);
            }

            throw new LoadException($"the server with {name} ended");
        }

        /// <summary>Times of so many requests, in microseconds.</summary>
        internal List<double> Ask(int requests)
        {
            var times = new List<double>(requests);
            for (var number = 0; number < requests; number++)
            {
                var started = Stopwatch.GetTimestamp();
                _stream.Write(_request);
                var read = 0;
                do
                {
                    var got = _stream.Read(_buffer, read, _buffer.Length - read);
                    if (got == 0)
                        throw new LoadException($"{Name}: the server hung up");
                    read += got;
                }
                while (!_buffer.AsSpan(0, read).EndsWith("\"}"u8));
                times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
                if (!_buffer.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8))
                    throw new LoadException($"{Name}: {Encoding.ASCII.GetString(_buffer, 0, read)}");
            }

            return times;
        }

        public void Dispose()
        {
            _stream.Dispose();
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
            _process.Dispose();
        }

        private static Stream Connect(string scheme, int port)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
            var stream = new NetworkStream(socket, ownsSocket: true);
            if (scheme == "http")
                return stream;
#pragma warning disable CA5359 // The certificate was made a moment ago, and what is measured is not whether it is trusted.
            var tls = new SslStream(stream, false, (_, _, _, _) => true);
#pragma warning restore CA5359
            tls.AuthenticateAsClient("localhost");
            return tls;
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
