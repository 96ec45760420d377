using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>Whoever reads an answer may leave before its end, as <c>head</c> does.</summary>
public class ReaderLeavesTests
{
    [Theory]
    [InlineData("$MODELOPS run m hello | head -n 1")]
    [InlineData("$MODELOPS run m hello | head -c 1 >/dev/null")]
    [InlineData("$MODELOPS run m hello --verbose > >(exec true)")]
    public async Task The_generation_is_given_up_quietly_when_nobody_reads_it(string line)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(50));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var generating = ServeAsync(listener, limit.Token);
        var ended = await Executable.ShellAsync(
            $"set -o pipefail; {line}",
            new Dictionary<string, string> { ["OLLAMA_HOST"] = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}" });
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.True(await generating > 0);
    }

    /// <summary>Shows a model, and generates lines for as long as they are taken; returns how many were.</summary>
    private static async Task<int> ServeAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(cancellationToken);
            await using var stream = client.GetStream();
            var request = new byte[64 * 1024];
            var count = await stream.ReadAtLeastAsync(request, 1, cancellationToken: cancellationToken);
            if (Encoding.ASCII.GetString(request, 0, count).Contains("/api/show", StringComparison.Ordinal))
            {
                const string Shown = "{\"details\":{},\"capabilities\":[\"completion\"]}";
                await SendAsync(
                    $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Shown.Length}\r\nConnection: "
                        + $"close\r\n\r\n{Shown}");
                continue;
            }

            await SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n");
            for (var number = 0; ; number++)
            {
                try
                {
                    await SendAsync("{\"response\":\"a line\\n\",\"done\":false}\n");
                    await Task.Delay(5, cancellationToken);
                }
                catch (IOException)
                {
                    return number;
                }
            }

            ValueTask SendAsync(string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        }
    }
}
