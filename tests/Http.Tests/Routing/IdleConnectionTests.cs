using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelOps.Http.Tests.Routing;

public sealed class IdleConnectionTests
{
    [Fact]
    public async Task A_connection_that_rests_between_requests_stays_open()
    {
        await using var server = await TestServer.StartAsync();
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, server.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /api/version HTTP/1.1\r\nHost: {server.Host}\r\n\r\n"));
        var buffer = new byte[4096];
        for (var reply = ""; !reply.Contains('}', StringComparison.Ordinal);)
            reply += Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));

        // The server looks at its time limits once a second; a closed connection would end this read.
        var end = stream.ReadAsync(buffer).AsTask();
        Assert.NotSame(end, await Task.WhenAny(end, Task.Delay(TimeSpan.FromSeconds(2.5))));
    }
}
