using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Gguf;

namespace ModelOps.ModelStore.Tests.Building;

/// <summary>Weights whose header the engine would die of never become a model: the sentence is the one of a load.</summary>
public sealed class ImpossibleWeightsTests : IDisposable
{
    private readonly Some _some = new();

    public void Dispose() => _some.Dispose();

    [Theory]
    [InlineData("block_count", 0, "block_count is 0: it has no layers")]
    [InlineData("block_count", 513, "block_count is 513, and the engine knows no model with more than 512 layers")]
    [InlineData("embedding_length", 0, "embedding_length is 0: it has no width")]
    [InlineData("attention.head_count", 0, "attention.head_count is 0, and layer 0 has attention")]
    [InlineData(
        "attention.head_count_kv",
        3,
        "attention.head_count is 8 and attention.head_count_kv is 3, so heads of layer 0 cannot share keys evenly")]
    public async Task They_are_refused_when_a_model_is_made_of_them(string key, uint number, string cause)
    {
        var bytes = await File.ReadAllBytesAsync(Some.Pico, TestContext.Current.CancellationToken);
        byte[] name = [.. Encoding.UTF8.GetBytes(key), (byte)GgufValueType.UInt32, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.AsSpan().IndexOf(name) + name.Length), number);
        var path = _some.PathOf("patched.gguf");
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        var request = new CreateRequest
        {
            Name = Some.Name("odd"),
            Parameters = [],
            Files = new Dictionary<string, string> { ["odd.gguf"] = await _some.UploadAsync(path) },
        };
        var error = await Assert.ThrowsAsync<StoreException>(
            () => new ModelBuilder(_some.Store, puller: null, quantizer: null)
                .CreateAsync(request, _ => { }, TestContext.Current.CancellationToken));

        Assert.Equal(new StoreFailure.Invalid($"odd.gguf: {GgufShape.Refusal(GgufFile.Read(path))}"), error.Failure);
        Assert.Equal($"odd.gguf: the engine cannot load its weights: {cause}", error.Message);
    }

    [Fact]
    public async Task What_a_model_keeps_may_be_nested_as_deep_as_what_is_sent()
    {
        var deep = JsonNode.Parse(new string('[', 990) + new string(']', 990), documentOptions: Templates.Chat.JsonNesting.Document);
        var model = await new ModelBuilder(_some.Store, puller: null, quantizer: null).CreateAsync(
            new CreateRequest
            {
                Name = Some.Name("deep"), Files = new Dictionary<string, string> { ["pico.gguf"] = await _some.UploadAsync(Some.Pico) },
                Parameters = new JsonObject { ["odd"] = deep },
            },
            _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(deep!.ToJsonString(), _some.Store.Read(model).Parameters["odd"]!.ToJsonString());
    }
}
