using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ModelOps.ModelStore.Registry;

namespace ModelOps.ModelStore.Tests.Registry;

/// <summary>Real connections that fail in the ways in which they do.</summary>
public class NetworkFailureTests
{
    [Theory]
    [InlineData(
        "https",
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        "https was tried, and what answers does not speak TLS; it may speak plain http")]
    [InlineData("http", "SSH-2.0-OpenSSH_9\r\n", "what answers is no HTTP server, or one that wants https")]
    [InlineData("http", "\u0015\u0003\u0003\u0000\u0002\u0002\u0046", "the connection ended before there was an answer")]
    [InlineData("http", "", "the connection ended before there was an answer")]
    public async Task What_a_strange_answer_means_is_said_without_pointing_to_an_exception(string scheme, string answer, string said)
    {
        var text = NetworkFailure.Text(
            await FailAsync(scheme, async client => await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(answer))));
        Assert.StartsWith(said, text, StringComparison.Ordinal);
        Assert.DoesNotContain("inner exception", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_named_as_the_cause()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var error = await FailAsync("https", async client =>
        {
            await using var tls = new System.Net.Security.SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(certificate);
        }, readsFirst: false);
        Assert.StartsWith("https was tried, and the certificate is not trusted: ", NetworkFailure.Text(error), StringComparison.Ordinal);
        Assert.False(NetworkFailure.IsPlainHttp(error));
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_reset_connection_is_told_as_one(string scheme)
    {
        var error = await FailAsync(scheme, client =>
        {
            client.LingerState = new LingerOption(true, 0);
            return Task.CompletedTask;
        });
        var text = NetworkFailure.Text(error);
        Assert.DoesNotContain("inner exception", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("An error occurred", text, StringComparison.Ordinal);
        Assert.True(
            text.Contains("reset", StringComparison.Ordinal)
                || text.Contains("ended", StringComparison.Ordinal)
                || text.Contains("EOF", StringComparison.Ordinal),
            text);
    }

    private static async Task<Exception> FailAsync(string scheme, Func<TcpClient, Task> answer, bool readsFirst = true)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var over = new CancellationTokenSource();
        var serving = ServeAsync();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        var error = await Assert.ThrowsAnyAsync<Exception>(
            () => http.GetAsync(new Uri($"{scheme}://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/")));
        await over.CancelAsync();
        await serving;
        return error;

        // A client may try again.
        async Task ServeAsync()
        {
            var buffer = new byte[4096];
            while (!over.IsCancellationRequested)
            {
                try
                {
                    using var client = await listener.AcceptTcpClientAsync(over.Token);
                    if (readsFirst)
                        Assert.True(await client.GetStream().ReadAtLeastAsync(buffer, 1) > 0);
                    await answer(client);
                }
                catch (Exception end) when (end is IOException or OperationCanceledException
                    or System.Security.Authentication.AuthenticationException)
                {
                    // The client hung up first, or all is over.
                }
            }
        }
    }
}
