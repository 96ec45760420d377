using System.Text;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace ModelOps.Http.Tests.Reading;

/// <summary>Bodies that are compressed, and bodies that cannot be read.</summary>
public sealed class BodyTests
{
    private const int Limit = 20 << 20;

    private static readonly (string Name, string Value) Zstd = ("Content-Encoding", "zstd");

    public static TheoryData<string, string> Surfaces => new()
    {
        { "/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"x"}]}""" },
        { "/v1/completions", """{"model":"m","prompt":"x"}""" },
        { "/v1/embeddings", """{"model":"m","input":"x"}""" },
        { "/v1/responses", """{"model":"m","input":"x"}""" },
        { "/v1/messages", """{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}]}""" },
    };

    [Theory]
    [MemberData(nameof(Surfaces))]
    public async Task Every_v1_surface_unpacks(string path, string body)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.SendBytesAsync("POST", path, Pack(Encoding.UTF8.GetBytes(body)), ("Content-Encoding", "ZSTD"));

        Assert.True(reply.Status == 200, reply.Body);
        Assert.Equal("m", server.Inference.Last!.Model);
    }

    [Fact]
    public async Task Api_surfaces_do_not()
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.SendBytesAsync("POST", "/api/chat", Pack("{}"u8), Zstd);

        Assert.Equal((400, null), (reply.Status, server.Inference.Last));
    }

    [Fact]
    public async Task Several_frames_are_one_body()
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.SendBytesAsync("POST", "/v1/responses", [.. Pack("""{"model":"""u8), .. Pack("\"m\"}"u8)], Zstd);

        Assert.True(reply.Status == 200, reply.Body);
    }

    [Theory]
    [InlineData(Limit, 200)]
    [InlineData(Limit + 1, 400)]
    public async Task What_is_unpacked_is_limited(int size, int status)
    {
        await using var server = await TestServer.StartAsync();
        var body = new byte[size];
        body.AsSpan().Fill((byte)' ');
        """{"model":"m"}"""u8.CopyTo(body);

        var reply = await server.SendBytesAsync("POST", "/v1/responses", Pack(body), Zstd);

        Assert.Equal(status, reply.Status);
        if (status == 400)
            Assert.Equal("""{"error":"http: request body too large"}""", reply.Body);
    }

    [Fact]
    public async Task A_frame_that_asks_for_much_memory_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        using var stream = new MemoryStream();
        using (var packer = new CompressionStream(stream))
        {
            packer.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, 24);
            packer.Write("{}"u8);
        }

        var reply = await server.SendBytesAsync("POST", "/v1/responses", stream.ToArray(), Zstd);

        Assert.Equal((400, """{"error":"window size exceeded"}"""), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task A_body_that_is_no_zstd_or_ends_too_early_is_refused_in_the_plain_envelope()
    {
        await using var server = await TestServer.StartAsync();

        var foreign = await server.PostAsync("/v1/messages", "not zstd", Zstd);
        Assert.Equal((400, """{"error":"invalid input: magic number mismatch"}"""), (foreign.Status, foreign.Body));

        var cut = await server.SendBytesAsync("POST", "/v1/messages", Pack("""{"model":"m","max_tokens":1}"""u8)[..^6], Zstd);
        Assert.Equal((400, """{"error":"unexpected EOF"}"""), (cut.Status, cut.Body));
    }

    [Fact]
    public async Task Other_encodings_are_not_unpacked()
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.SendBytesAsync("POST", "/v1/responses", [0x1f, 0x8b, 8], ("Content-Encoding", "gzip"));

        Assert.Equal("invalid character '\\x1f' looking for beginning of value", (string)reply.Json["error"]!["message"]!);
    }

    [Theory]
    [InlineData("/v1/responses")]
    [InlineData("/api/chat")]
    public async Task A_body_in_chunks_that_are_none_is_the_senders_mistake(string path)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync(path, "zz\r\n{}\r\n", ("Transfer-Encoding", "chunked"));

        Assert.Equal(400, reply.Status);
        Assert.NotEmpty(reply.Error);
    }

    private static byte[] Pack(ReadOnlySpan<byte> body)
    {
        using var packer = new Compressor();
        return packer.Wrap(body).ToArray();
    }
}
