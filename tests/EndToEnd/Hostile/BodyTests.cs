using System.Security.Cryptography;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>Bodies that are too large, too deep, broken off, or framed in two ways.</summary>
public sealed class BodyTests : IClassFixture<BareServer>
{
    private readonly BareServer _server;

    public BodyTests(BareServer server) => _server = server;

    [Theory]
    [InlineData("/api/chat", "{\"error\":\"the request body is larger than 64 MiB")]
    [InlineData("/v1/chat/completions", "{\"error\":{\"message\":\"the request body is larger than 64 MiB")]
    [InlineData("/v1/messages", "\"type\":\"request_too_large\"")]
    public async Task A_body_beyond_the_limit_is_refused_before_it_is_read(string path, string text)
    {
        var answer = await RawClient.ExchangeAsync(_server.Daemon, Post(path, "Content-Length: 400000000", ""));

        Assert.Equal(413, answer.Status);
        Assert.Contains(text, answer.Body, StringComparison.Ordinal);
        Assert.Contains("--max-body", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Large_bodies_leave_no_memory_behind()
    {
        var body = "{\"model\":\"none\",\"prompt\":\"" + new string('x', 40_000_000) + "\"}";
        await LogOf.AssertUnharmedAsync(_server.Daemon);
        var before = ProcessMemory.Anonymous(_server.Daemon.ProcessId);
        for (var request = 0; request < 6; request++)
            Assert.Equal(
                404, (await RawClient.ExchangeAsync(_server.Daemon, Post("/api/generate", $"Content-Length: {body.Length}", body))).Status);

        await _server.Daemon.WaitAsync(
            "memory is given back",
            () => Task.FromResult(ProcessMemory.Anonymous(_server.Daemon.ProcessId) < before + 40_000),
            TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public async Task Nesting_has_one_limit_on_every_surface(string open, string close)
    {
        var body = string.Concat(Enumerable.Repeat(open, 1001)) + "1" + string.Concat(Enumerable.Repeat(close, 1001));
        foreach (var path in (string[])[
            "/api/chat", "/api/show", "/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1/embeddings",
        ])
        {
            var answer = await RawClient.ExchangeAsync(_server.Daemon, Post(path, $"Content-Length: {body.Length}", body));
            Assert.Equal(400, answer.Status);
            Assert.Contains("exceeded max depth", answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Content-Length: 2\r\nContent-Length: 3", "{}x")]
    [InlineData("Content-Length: -2", "{}")]
    [InlineData("Content-Length: 99999999999999999999", "{}")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding : chunked", "2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "-2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "ffffffffffffffff\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "2\r\n{}xx0\r\n\r\n")]
    [InlineData(
        "Transfer-Encoding: chunked\r\nContent-Length: 60", "2\r\n{}\r\n0\r\n\r\nGET /api/version HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    public async Task A_body_with_no_or_two_lengths_ends_the_connection(string framing, string body)
    {
        using var client = await RawClient.ConnectAsync(_server.Daemon);
        await client.SendAsync(Post("/v1/chat/completions", framing, body));
        var answer = await client.ReadAsync();

        Assert.Equal(400, answer.Status);
        Assert.StartsWith("{\"error\":", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("version", answer.Text, StringComparison.Ordinal);
        Assert.True(await client.IsClosedAsync(TimeSpan.FromSeconds(10)));
        await LogOf.AssertUnharmedAsync(_server.Daemon);
    }

    [Theory]
    [InlineData("/api/chat", "Content-Length: 5000000")]
    [InlineData("/v1/messages", "Transfer-Encoding: chunked")]
    [InlineData("/api/push", "Content-Length: 100")]
    [InlineData("/api/blobs/", "Content-Length: 5000000")]
    [InlineData("/api/blobs/", "Transfer-Encoding: chunked")]
    [InlineData("/v1/audio/transcriptions", "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000000")]
    public async Task Who_hangs_up_within_a_body_leaves_no_trace(string path, string framing)
    {
        var target = path.EndsWith('/') ? $"{path}sha256:{Convert.ToHexStringLower(SHA256.HashData("never"u8))}" : path;
        var piece = framing.Contains("chunked", StringComparison.Ordinal)
            ? "1000\r\n" + new string('x', 300)
            : "--x\r\n" + new string('x', 40);
        foreach (var hangUp in (Action<RawClient>[])[client => client.Reset(), client => client.EndSending(), client => client.Dispose()])
        {
            using var client = await RawClient.ConnectAsync(_server.Daemon);
            await client.SendAsync(Post(target, framing, piece));
            await Task.Delay(100);
            hangUp(client);
            await Task.Delay(200);
        }

        await LogOf.AssertUnharmedAsync(_server.Daemon);
    }

    private static string Post(string path, string framing, string body) =>
        $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{framing}\r\n\r\n{body}";
}
