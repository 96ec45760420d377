using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelOps.Http.Tests.Routing;

/// <summary>Connections between requests.</summary>
public class ConnectionTests
{
    /// <summary>Longer than two ticks of the server's clock, at which it looks for connections whose time is over.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    [Fact]
    public async Task A_connection_without_requests_for_seconds_stays_open_and_answers()
    {
        await using var server = await TestServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port, TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(client, server.Host), StringComparison.Ordinal);

        // A read ends at once when the server closes; here it must still wait when its time is over.
        using (var limit = new CancellationTokenSource(Patience))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.Client.ReceiveAsync(new byte[1], limit.Token));

        Assert.StartsWith("HTTP/1.1 200", await AskAsync(client, server.Host), StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(TcpClient client, string host)
    {
        var buffer = new byte[4096];
        await client.Client.SendAsync(
            Encoding.ASCII.GetBytes($"GET /api/version HTTP/1.1\r\nHost: {host}\r\n\r\n"), TestContext.Current.CancellationToken);
        var count = await client.Client.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }
}
