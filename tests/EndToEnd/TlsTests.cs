using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ModelOps.EndToEnd;

/// <summary>TLS as clients see it: versions, protocols, certificates that are wrong, over, or renewed.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Certificates _certificates;

    public TlsTests() => _certificates = new Certificates(_folder.Combine("certificates"));

    public void Dispose()
    {
        _certificates.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Both_protocols_are_spoken_over_new_versions_of_tls_and_over_no_old_one()
    {
        _certificates.Issue().Dispose();
        await using var daemon = await TlsDaemon.StartAsync(_certificates, _folder.Combine("home"));
        var key = await daemon.KeyAsync("app", "--scope", "read");
        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var client = daemon.Client(key, version);
            using var reply = await client.GetAsync("api/tags");
            Assert.Equal((HttpStatusCode.OK, version), (reply.StatusCode, reply.Version));
            using var stranger = daemon.Client(null, version);
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("api/tags")).StatusCode);
        }

        Assert.Equal(SslProtocols.Tls13, await HandshakeAsync(daemon.Port, SslProtocols.Tls13));
        Assert.Equal(SslProtocols.Tls12, await HandshakeAsync(daemon.Port, SslProtocols.Tls12));
#pragma warning disable SYSLIB0039, CA5397 // They are what must be refused.
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(daemon.Port, SslProtocols.Tls11));
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(daemon.Port, SslProtocols.Tls));
#pragma warning restore SYSLIB0039, CA5397

        // Plain HTTP on the port is answered with nothing.
        using var plain = new HttpClient { Timeout = TimeSpan.FromSeconds(15) };
        await Assert.ThrowsAnyAsync<Exception>(() => plain.GetAsync($"http://127.0.0.1:{daemon.Port}/api/version"));
    }

    [Fact]
    public async Task A_certificate_is_renewed_under_load_without_a_failed_request()
    {
        var shown = new ConcurrentDictionary<string, int>();
        var failed = new ConcurrentQueue<string>();
        _certificates.Issue().Dispose();
        await using var daemon = await TlsDaemon.StartAsync(_certificates, _folder.Combine("home"));
        using var stop = new CancellationTokenSource();

        // Four keep their connections, four make new ones all the time.
        var clients = Enumerable.Range(0, 8).Select(number => Task.Run(async () =>
        {
            using var client = daemon.Client(
                null, number % 2 == 0 ? HttpVersion.Version11 : HttpVersion.Version20,
                lifetime: number < 4 ? null : TimeSpan.FromMilliseconds(20));
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    using var reply = await client.GetAsync("api/version");
                    if (!reply.IsSuccessStatusCode)
                        failed.Enqueue($"{reply.StatusCode}");
                }
                catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
                {
                    failed.Enqueue(error.ToString());
                }
            }
        })).ToArray();
        for (var renewal = 0; renewal < 4; renewal++)
        {
            using var next = _certificates.Issue();
            for (var wait = 0; wait < 100 && await ShownAsync(daemon.Port) != next.Thumbprint; wait++)
                await Task.Delay(50);
            Assert.Equal(next.Thumbprint, await ShownAsync(daemon.Port));
            shown[next.Thumbprint] = renewal;
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Empty(failed.Take(3));
        Assert.Equal(4, shown.Count);
    }

    [Fact]
    public async Task Files_that_do_not_fit_leave_the_certificate_that_is_in_force()
    {
        using var first = _certificates.Issue();
        await using var daemon = await TlsDaemon.StartAsync(_certificates, _folder.Combine("home"));
        using var other = _certificates.Issue(write: false);

        await File.WriteAllTextAsync(_certificates.ServerFile, other.ExportCertificatePem());
        await daemon.WaitAsync("The certificate stays as it is");
        Assert.Equal(first.Thumbprint, await ShownAsync(daemon.Port));

        using var second = _certificates.Issue();
        await daemon.WaitAsync("was renewed");
        Assert.Equal(second.Thumbprint, await ShownAsync(daemon.Port));
    }

    [Fact]
    public async Task A_certificate_that_is_over_is_told_and_no_client_trusts_it()
    {
        _certificates.Issue(validDays: -1).Dispose();
        await using var daemon = await TlsDaemon.StartAsync(_certificates, _folder.Combine("home"));
        await daemon.WaitAsync("renew it");
        using var client = daemon.Client();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("api/version"));

        _certificates.Issue(host: "other.test").Dispose();
        await daemon.WaitAsync("was renewed");
        using var named = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, daemon.Port, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = { CertificateChainPolicy = Trusting() },
        });
        await Assert.ThrowsAsync<HttpRequestException>(() => named.GetAsync($"https://{Certificates.Host}/api/version"));
        Assert.Equal(HttpStatusCode.OK, (await named.GetAsync("https://other.test/api/version")).StatusCode);
    }

    [Fact]
    public async Task With_an_authority_of_clients_a_key_alone_is_not_enough()
    {
        _certificates.Issue().Dispose();
        using var mine = _certificates.Issue(isServer: false, host: "client");
        using var others = new Certificates(_folder.Combine("others"));
        using var foreign = others.Issue(isServer: false, host: "client");
        await using var daemon = await TlsDaemon.StartAsync(
            _certificates, _folder.Combine("home"), "--tls-client-ca", _certificates.AuthorityFile);
        var key = await daemon.KeyAsync("app", "--scope", "read");

        using var without = daemon.Client(key);
        await Assert.ThrowsAsync<HttpRequestException>(() => without.GetAsync("api/tags"));
        using var wrong = daemon.Client(key, certificate: foreign);
        await Assert.ThrowsAsync<HttpRequestException>(() => wrong.GetAsync("api/tags"));
        using var right = daemon.Client(key, certificate: mine);
        Assert.Equal(HttpStatusCode.OK, (await right.GetAsync("api/tags")).StatusCode);
        using var keyless = daemon.Client(null, certificate: mine);
        Assert.Equal(HttpStatusCode.Unauthorized, (await keyless.GetAsync("api/tags")).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--tls-cert server.pem")]
    [InlineData("--tls-cert server.pem --tls-key ca.pem")]
    [InlineData("--tls-cert server.key --tls-key server.key")]
    [InlineData("--tls-cert absent.pem --tls-key server.key")]
    public async Task An_https_address_without_a_certificate_that_fits_is_not_served(string options)
    {
        _certificates.Issue().Dispose();
        var folder = Path.GetDirectoryName(_certificates.ServerFile)!;

        var outcome = await Executable.RunAsync(
            ["serve", "--home", _folder.Combine("home"), "--listen", $"https://127.0.0.1:{Daemon.FreePort()}",
                .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            folder: folder);

        Assert.Equal(3, outcome.ExitCode);
        Assert.StartsWith("Error: ", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    private X509ChainPolicy Trusting()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_certificates.Authority);
        return policy;
    }

    private static async Task<SslProtocols> HandshakeAsync(int port, SslProtocols version)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = new SslStream(client.GetStream(), false, Certificates.TakeAny);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = Certificates.Host, EnabledSslProtocols = version });
        return tls.SslProtocol;
    }

    /// <summary>The certificate that a new connection gets.</summary>
    private static async Task<string> ShownAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = new SslStream(client.GetStream(), false, Certificates.TakeAny);
        await tls.AuthenticateAsClientAsync(Certificates.Host);
        return ((X509Certificate2)tls.RemoteCertificate!).Thumbprint;
    }
}
