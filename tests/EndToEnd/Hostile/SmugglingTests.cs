using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>
/// Requests that a proxy and this server could read differently, through a real nginx that keeps its connections here: what one client
/// sends is never answered to another, and no hidden request reaches a route.
/// </summary>
public sealed class SmugglingTests : IDisposable
{
    private const string Hidden = "DELETE /api/delete HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 13\r\n\r\n{\"model\":\"x\"}";

    private static readonly string? s_nginx = new[] { Environment.GetEnvironmentVariable("MODELOPS_NGINX") ?? "", "/usr/sbin/nginx" }
        .FirstOrDefault(File.Exists);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Pairs => new()
    {
        { "both lengths", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Hidden },
        { "two lengths", "Content-Length: 0\r\nContent-Length: 96\r\n\r\n" + Hidden },
        { "length list", "Content-Length: 0, 96\r\n\r\n" + Hidden },
        { "signed length", "Content-Length: +0\r\n\r\n" + Hidden },
        { "odd coding", "Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n" + Hidden },
        { "coding with a tab", "Transfer-Encoding:\tchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + Hidden },
        { "coding with a blank before the colon", "Transfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + Hidden },
        { "two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + Hidden },
        { "folded header", "X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n" + Hidden },
        { "bare line feed", "Transfer-Encoding: chunked\nContent-Length: 4\r\n\r\n0\r\n\r\n" + Hidden },
        { "chunk extension", "Transfer-Encoding: chunked\r\n\r\n0;a=\nb\r\n\r\n" + Hidden },
        { "chunk size overflow", "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n" + Hidden },
        { "header line feed", "X: a\nContent-Length: 0\r\n\r\n" + Hidden },
        { "null in a header", "X: a\0b\r\nContent-Length: 0\r\n\r\n" + Hidden },
    };

    [Fact]
    public async Task Behind_nginx_no_pair_reaches_another_clients_answer()
    {
        Assert.SkipUnless(s_nginx is not null, "there is no nginx; MODELOPS_NGINX names one");
        await using var daemon = await Daemon.StartAsync(null, _folder.Combine("home"));
        using var proxy = StartProxy(daemon.Address.Port, out var port);
        try
        {
            using var friend = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(20) };
            for (var wait = 0; wait < 100 && !await AnswersAsync(friend); wait++)
                await Task.Delay(50);
            var before = await DeletesAsync(daemon);
            foreach (var (kind, rest) in Pairs.Select(row => row.Data))
            {
                await SendAsync(port, $"POST /api/show HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n{rest}");
                for (var asked = 0; asked < 5; asked++)
                {
                    using var reply = await friend.GetAsync("api/version");
                    var text = await reply.Content.ReadAsStringAsync();
                    Assert.True(
                        reply.StatusCode == HttpStatusCode.OK && text.StartsWith("{\"version\"", StringComparison.Ordinal),
                        $"{kind}: {text}");
                }
            }

            // Where the proxy passes a second request on as one of its own, that is what it was: only those count that it counted too.
            Assert.Equal(before + ProxiedDeletes(), await DeletesAsync(daemon));
        }
        finally
        {
            proxy.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task A_head_with_two_meanings_is_refused_and_ends_its_connection()
    {
        await using var daemon = await Daemon.StartAsync(null, _folder.Combine("home"));
        string[] refused = [
            "two lengths", "length list", "coding with a blank before the colon", "folded header", "null in a header"];
        foreach (var kind in refused)
        {
            var rest = Pairs.First(row => row.Data.Item1 == kind).Data.Item2;
            var answer = await RawClient.ExchangeAsync(
                daemon, $"POST /api/show HTTP/1.1\r\nHost: 127.0.0.1\r\n{rest}", TimeSpan.FromSeconds(5));
            Assert.True(answer.Text.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), $"{kind}: {answer.Text}");
            Assert.Equal(1, answer.Text.Split("HTTP/1.1 ").Length - 1);
        }

        await LogOf.AssertUnharmedAsync(daemon);
    }

    private static async Task<int> DeletesAsync(Daemon daemon) =>
        (await daemon.Http.GetStringAsync("metrics")).Split('\n')
            .Where(line => line.StartsWith("modelops_http_requests_total", StringComparison.Ordinal)
                && line.Contains("/api/delete", StringComparison.Ordinal))
            .Sum(line => (int)double.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));

    private int ProxiedDeletes() =>
        File.ReadLines(_folder.Combine("access.log")).Count(line => line.Contains("\"DELETE /api/delete", StringComparison.Ordinal)
            && !line.EndsWith(" 400", StringComparison.Ordinal));

    private static async Task SendAsync(int port, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(400));
        try
        {
            var buffer = new byte[4096];
            while (await client.GetStream().ReadAsync(buffer, limit.Token) > 0)
            {
                // What comes back does not matter.
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // It hung up, or waits for more.
        }
    }

    private Process StartProxy(int upstream, out int port)
    {
        port = Daemon.FreePort();
        var folder = _folder.Combine("");
        File.WriteAllText(_folder.Combine("nginx.conf"), $$"""
            daemon off; master_process off; pid {{folder}}/nginx.pid; error_log {{folder}}/error.log;
            events { worker_connections 64; }
            http {
              log_format short '"$request" $status'; access_log {{folder}}/access.log short;
              client_body_temp_path {{folder}}/b; proxy_temp_path {{folder}}/p; fastcgi_temp_path {{folder}}/f;
              uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
              upstream daemon { server 127.0.0.1:{{upstream}}; keepalive 1; }
              server { listen 127.0.0.1:{{port}}; location / { proxy_pass http://daemon; proxy_http_version 1.1;
                proxy_set_header Connection ""; proxy_set_header Host 127.0.0.1; proxy_request_buffering off; } }
            }
            """);
        return Process.Start(new ProcessStartInfo(s_nginx!, ["-c", _folder.Combine("nginx.conf"), "-p", folder])
        {
            RedirectStandardError = true,
        })!;
    }

    private static async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            return (await client.GetAsync("healthz")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
