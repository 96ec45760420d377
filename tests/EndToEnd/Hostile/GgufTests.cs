using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>
/// Weights that are none: refused with the cause when a model is made of them or when it is loaded, and neither leaves a trace.
/// </summary>
public class GgufTests(PicoServer pico) : IClassFixture<PicoServer>
{
    [Theory]
    [InlineData("llama.block_count", 0, "block_count is 0: it has no layers")]
    [InlineData("llama.block_count", 100_000, "block_count is 100000")]
    [InlineData("llama.embedding_length", 0, "embedding_length is 0")]
    [InlineData("llama.attention.head_count", 0, "attention.head_count is 0")]
    public async Task What_the_engine_would_die_of_becomes_no_model(string key, uint number, string cause)
    {
        var (status, body) = await CreateAsync(key, number);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith($"odd.gguf: the engine cannot load its weights: {cause}", (string?)body!["error"], StringComparison.Ordinal);
        await LogOf.AssertUnharmedAsync(pico.Daemon);
    }

    [Theory]
    [InlineData("llama.feed_forward_length", 0, "ffn_gate.weight")]
    [InlineData("llama.rope.dimension_count", 0, "n_rot")]
    public async Task What_the_engine_refuses_is_told_with_its_words(string key, uint number, string cause)
    {
        Assert.Equal(HttpStatusCode.OK, (await CreateAsync(key, number)).Status);

        var (status, body) = await pico.PostAsync(
            "api/generate", new JsonObject { ["model"] = "odd", ["prompt"] = "x", ["stream"] = false });

        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.StartsWith(
            "unable to load model odd:latest: the engine cannot load its weights: ", (string?)body!["error"], StringComparison.Ordinal);
        Assert.Contains(cause, (string?)body["error"], StringComparison.Ordinal);
        await LogOf.AssertUnharmedAsync(pico.Daemon);
    }

    private async Task<(HttpStatusCode Status, JsonNode? Body)> CreateAsync(string key, uint number)
    {
        var bytes = await File.ReadAllBytesAsync(ModelsRepository.Weights);
        byte[] name = [.. Encoding.UTF8.GetBytes(key), 4, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.AsSpan().IndexOf(name) + name.Length), number);
        var digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
        using var blob = await pico.Daemon.Http.PostAsync($"api/blobs/{digest}", new ByteArrayContent(bytes));
        return await pico.PostAsync("api/create", new JsonObject
        {
            ["model"] = "odd", ["stream"] = false, ["files"] = new JsonObject { ["odd.gguf"] = digest },
        });
    }
}
