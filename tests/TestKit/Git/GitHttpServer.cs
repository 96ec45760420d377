using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ModelOps.TestKit.Git;

/// <summary>
/// git's own smart http server (<c>git http-backend</c>) behind TLS, signed by an authority of its own, with an answer of the test's own to
/// who may enter.
/// </summary>
public sealed class GitHttpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private readonly string _repositories;
    private Task _serving = Task.CompletedTask;

    private GitHttpServer(string repositories, X509Certificate2 certificate, string authorityFile) =>
        (_repositories, _certificate, AuthorityFile) = (repositories, certificate, authorityFile);

    /// <summary>Certificate of the authority, PEM.</summary>
    public string AuthorityFile { get; }

    /// <summary>What an <c>Authorization</c> header must say; null lets everybody in.</summary>
    public string? Wanted { get; set; }

    /// <summary>How a client that says nothing is asked.</summary>
    public string Challenge { get; set; } = "Basic realm=\"x\"";

    /// <summary>Answers a request of a path before git does: a whole answer, or null.</summary>
    public Func<string, byte[], byte[]?>? Instead { get; set; }

    /// <summary>Answers requests that are not git's own, such as those of LFS, before anybody is asked who they are.</summary>
    public LfsHost? Lfs { get; set; }

    /// <summary>Whether clients must show a certificate.</summary>
    public bool AsksForCertificate { get; set; }

    /// <summary>Whether it answers as a git did before 2.18.</summary>
    public bool IsOld { get; set; }

    /// <summary>Every header <c>Authorization</c> that came.</summary>
    public ConcurrentQueue<string> Seen { get; } = new();

    /// <summary>The first line of every request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The address of a repository by its name.</summary>
    public string Address(string name) => string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{Port}/{name}");

    /// <summary>Starts it.</summary>
    /// <param name="repositories">Folder of the bare repositories.</param>
    /// <param name="folder">Folder for the certificate of the authority.</param>
    public static GitHttpServer Start(string repositories, string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN=127.0.0.1 {Guid.NewGuid():N}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = Path.Combine(folder, "authority.pem");
        File.WriteAllText(file, made.ExportCertificatePem());
        var server = new GitHttpServer(
            repositories, X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null), file);
        server._listener.Start();
        server._serving = server.ServeAsync();
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _certificate.Dispose();
        _stop.Dispose();
    }

    private static Dictionary<string, string> ReadHeaders(string head) => head.Split("\r\n").Skip(1).Select(line => line.Split(": ", 2))
        .Where(parts => parts.Length == 2).GroupBy(parts => parts[0], StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => group.Last()[1], StringComparer.OrdinalIgnoreCase);

    private static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 64 << 10 && await stream.ReadAsync(one, cancellationToken) > 0)
        {
            head.Add(one[0]);
            if (head.Count >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n')
                break;
        }

        return Encoding.ASCII.GetString([.. head]);
    }

    private static async Task<byte[]> ReadBodyAsync(Stream stream, Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        if (headers.TryGetValue("Content-Length", out var length))
        {
            var bytes = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(bytes, cancellationToken);
            return bytes;
        }

        if (!headers.ContainsKey("Transfer-Encoding"))
            return [];
        while (true)
        {
            var line = (await ReadLineAsync(stream, cancellationToken)).Trim();
            var size = int.Parse(line, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var chunk = new byte[size];
            await stream.ReadExactlyAsync(chunk, cancellationToken);
            body.Write(chunk);
            await ReadLineAsync(stream, cancellationToken);
            if (size == 0)
                return body.ToArray();
        }
    }

    private static async Task<string> ReadLineAsync(Stream stream, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken) > 0 && one[0] != '\n')
            line.Append((char)one[0]);
        return line.ToString();
    }

    private async Task ServeAsync()
    {
        var answers = new List<Task>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                answers.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException)
            {
                break;
            }
        }

        await Task.WhenAll(answers);
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            await using var stream = new SslStream(
                client.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => !AsksForCertificate || shown is not null);
            await stream.AuthenticateAsServerAsync(_certificate, AsksForCertificate, SslProtocols.None, checkCertificateRevocation: false);
            var head = await ReadHeadAsync(stream, _stop.Token);
            var first = head.Split("\r\n")[0].Split(' ');
            if (first.Length < 3)
                return;
            Requests.Enqueue(string.Join(' ', first));
            var headers = ReadHeaders(head);
            if (headers.TryGetValue("Authorization", out var said))
                Seen.Enqueue(said);
            var body = await ReadBodyAsync(stream, headers, _stop.Token);
            if (Lfs is { } lfs && await lfs.AnswerAsync(first, headers, body, stream, Address(""), _stop.Token))
            {
                await stream.ShutdownAsync();
                return;
            }

            var answer = Wanted is not null && said != Wanted
                ? Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {Challenge}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                : Instead?.Invoke(string.Join(' ', first), body) ?? await BackendAsync(first, headers, body);
            await stream.WriteAsync(answer, _stop.Token);
            await stream.ShutdownAsync();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException or AuthenticationException)
        {
            // A client that hung up; the next one may do better.
        }
    }

    private async Task<byte[]> BackendAsync(string[] first, Dictionary<string, string> headers, byte[] body)
    {
        var target = first[1].Split('?', 2);
        var start = new ProcessStartInfo("git", ["http-backend"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        foreach (var (name, value) in ((string, string?)[])
            [
                ("GIT_PROJECT_ROOT", _repositories), ("GIT_HTTP_EXPORT_ALL", "1"), ("PATH_INFO", target[0]), ("REQUEST_METHOD", first[0]),
                ("QUERY_STRING", target.Length > 1 ? target[1] : ""), ("CONTENT_TYPE", headers.GetValueOrDefault("Content-Type")),
                ("HTTP_CONTENT_ENCODING", headers.GetValueOrDefault("Content-Encoding")),
                ("HTTP_GIT_PROTOCOL", IsOld ? null : headers.GetValueOrDefault("Git-Protocol")),
                ("GIT_PROTOCOL", IsOld ? null : headers.GetValueOrDefault("Git-Protocol")),
                ("CONTENT_LENGTH", body.Length.ToString(CultureInfo.InvariantCulture)), ("REMOTE_ADDR", "127.0.0.1"),
                ("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "safe.directory"), ("GIT_CONFIG_VALUE_0", "*"),
            ])
        {
            if (value is not null)
                start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        await process.StandardInput.BaseStream.WriteAsync(body, _stop.Token);
        process.StandardInput.Close();
        var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output, _stop.Token);
        await process.WaitForExitAsync(_stop.Token);
        var bytes = output.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        var head = Encoding.ASCII.GetString(bytes, 0, Math.Max(end, 0)).Split("\r\n");
        var status = head.FirstOrDefault(line => line.StartsWith("Status: ", StringComparison.Ordinal))?["Status: ".Length..] ?? "200 OK";
        var rest = string.Concat(head.Where(line => !line.StartsWith("Status: ", StringComparison.Ordinal)).Select(line => line + "\r\n"));
        return
        [
            .. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{rest}Content-Length: {bytes.Length - end - 4}\r\nConnection: close\r\n\r\n"),
            .. bytes.AsSpan(end + 4),
        ];
    }
}
