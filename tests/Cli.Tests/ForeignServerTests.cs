using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelOps.Cli.Tests;

/// <summary>What a verb says when something else than a server of models answers.</summary>
public class ForeignServerTests
{
    private const string Page = "<html><body>canary</body></html>";

    [Theory]
    [InlineData("200 OK", "text/html", Page, "is no server of models: it sent text/html where a JSON object was expected")]
    [InlineData("200 OK", "application/json", "[1]", "is no server of models: it sent application/json where a JSON object was expected")]
    [InlineData("200 OK", "application/json", "{\"hello\":1}", "is no server of models: its answer to api/ps has no 'models'")]
    [InlineData("502 Bad Gateway", "text/html", Page, "answers 502 Bad Gateway with a page of HTML")]
    [InlineData("404 Not Found", "text/plain", "404 page not found\nmore", "answers 404 Not Found: 404 page not found\n")]
    [InlineData("403 Forbidden", "application/json", "{\"error\":{\"message\":\"no key\"}}", "Error: no key\n")]
    public async Task A_foreign_answer_is_one_sentence(string status, string type, string body, string said)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var over = new CancellationTokenSource();
        var serving = ServeAsync();
        using var shell = new Shell();
        shell.Environment["OLLAMA_HOST"] = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

        Assert.Equal(1, await shell.RunAsync("ps"));
        await over.CancelAsync();
        await serving;

        Assert.Contains(said, shell.Error, StringComparison.Ordinal);
        Assert.Single(shell.Error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("canary", shell.Error, StringComparison.Ordinal);

        async Task ServeAsync()
        {
            var answer = Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync(over.Token);
                    Assert.True(await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, cancellationToken: over.Token) > 0);
                    await client.GetStream().WriteAsync(answer, over.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The verb has ended.
            }
        }
    }
}
