using System.Net;
using System.Net.Sockets;
using System.Text;
using ZstdSharp;

namespace ModelOps.Http.Tests.Limits;

/// <summary>Bodies beyond the limit: the answer reaches a client that is still sending.</summary>
public class LargeBodyTests
{
    private const int Piece = 64 << 10;

    private static readonly HttpLimits Small = new() { MaxBody = 1 << 20 };

    [Theory]
    [InlineData("Transfer-Encoding: chunked", "/api/chat")]
    [InlineData("Transfer-Encoding: chunked", "/v1/messages")]
    [InlineData("Content-Length: 16777216", "/v1/chat/completions")]
    [InlineData("Transfer-Encoding: chunked", "/nothing/here")]
    public async Task Who_sends_on_past_a_refusal_can_send_all_of_it_and_reads_the_answer(string framing, string path)
    {
        await using var server = await TestServer.StartAsync(limits: Small);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, server.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: {server.Host}\r\n{framing}\r\n\r\n"),
            TestContext.Current.CancellationToken);
        var isChunked = framing.EndsWith("chunked", StringComparison.Ordinal);
        var body = Encoding.ASCII.GetBytes(new string('[', Piece));
        for (var sent = 0; sent < 16 << 20; sent += Piece)
        {
            await stream.WriteAsync(isChunked ? [.. "10000\r\n"u8, .. body, .. "\r\n"u8] : body, TestContext.Current.CancellationToken);
            if (sent % (2 << 20) == 0)
                await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        var answer = new byte[4096];
        var count = await stream.ReadAsync(answer, TestContext.Current.CancellationToken);

        var text = Encoding.UTF8.GetString(answer, 0, count);
        Assert.StartsWith(
            path.StartsWith("/nothing", StringComparison.Ordinal) ? "HTTP/1.1 404" : "HTTP/1.1 413", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kilobytes_that_stand_for_a_gigabyte_are_refused_by_what_they_unpack_to()
    {
        using var packed = new MemoryStream();
        await using (var packer = new CompressionStream(packed, level: 1, leaveOpen: true))
        {
            var blanks = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
            for (var count = 0; count < 1024; count++)
                await packer.WriteAsync(blanks, TestContext.Current.CancellationToken);
        }

        Assert.InRange(packed.Length, 1, 512 << 10);
        await using (var server = await TestServer.StartAsync())
        {
            var reply = await server.SendBytesAsync("POST", "/v1/responses", packed.ToArray(), ("Content-Encoding", "zstd"));
            Assert.Equal((400, """{"error":"http: request body too large"}"""), (reply.Status, reply.Body));
        }

        await using (var server = await TestServer.StartAsync(limits: Small))
        {
            var reply = await server.SendBytesAsync("POST", "/v1/responses", packed.ToArray(), ("Content-Encoding", "zstd"));
            Assert.Equal(413, reply.Status);
            Assert.Contains("--max-body", (string)reply.Json["error"]!["message"]!, StringComparison.Ordinal);
        }
    }
}
