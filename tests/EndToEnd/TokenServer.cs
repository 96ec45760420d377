using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ModelOps.EndToEnd;

/// <summary>An https server that asks for a password, remembers what it is shown, and then has nothing.</summary>
internal sealed class TokenServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private Task _serving = Task.CompletedTask;

    private TokenServer(X509Certificate2 certificate, string certificateFile) =>
        (_certificate, CertificateFile) = (certificate, certificateFile);

    internal string CertificateFile { get; }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>User and password of every request that had them.</summary>
    internal ConcurrentQueue<string> Seen { get; } = new();

    internal static async Task<TokenServer> StartAsync(string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = Path.Combine(folder, "server.pem");
        await File.WriteAllTextAsync(file, made.ExportCertificatePem());
        var server = new TokenServer(X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null), file);
        server._listener.Start();
        server._serving = server.ServeAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(client);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or SocketException
                or System.Security.Authentication.AuthenticationException)
            {
                // A client that hung up; the next one may do better.
            }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(_certificate);
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var known = false;
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
        {
            const string Header = "Authorization: ";
            const string Basic = "Basic ";
            if (!line.StartsWith(Header, StringComparison.OrdinalIgnoreCase))
                continue;
            known = true;
            var said = line[Header.Length..].Trim();
            Seen.Enqueue(
                said.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
                    ? Encoding.UTF8.GetString(Convert.FromBase64String(said[Basic.Length..]))
                    : said);
        }

        var answer = known ? "HTTP/1.1 403 Forbidden\r\n" : "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "Content-Length: 0\r\nConnection: close\r\n\r\n"), _stop.Token);
    }
}
