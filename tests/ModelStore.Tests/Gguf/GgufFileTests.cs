using ModelOps.ModelStore.Gguf;

namespace ModelOps.ModelStore.Tests.Gguf;

public sealed class GgufFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-gguf-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_facts_of_the_demo_weights_are_read()
    {
        var facts = GgufFacts.Of(GgufFile.Read(Some.Pico));

        Assert.Equal(
            ("llama", GgufKind.Model, 2623744L, "Q8_0"), (facts.Architecture, facts.Kind, facts.ParameterCount, facts.FileTypeName));
        Assert.Equal((2048L, 256L, 4L, 1024L), (facts.ContextLength, facts.EmbeddingLength, facts.BlockCount, facts.VocabularySize));
        Assert.Equal([8L, 4L], [.. facts.HeadCounts, .. facts.KeyValueHeadCounts]);
        Assert.StartsWith("{%- set ns", facts.ChatTemplate, StringComparison.Ordinal);
        Assert.Null(facts.PoolingType);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void Every_version_and_byte_order_is_read(int version, bool bigEndian)
    {
        var file = Read(GgufBytes.Llama(version, bigEndian, dataBytes: 96)
            .UInt32("llama.block_count", 2).UInt64("llama.context_length", 4096).Float32("llama.rope.freq_base", 10000).Flag("x.flag", true)
            .Int32s("llama.attention.head_count_kv", 4, 2).Texts("tokenizer.ggml.tokens", "a", "bc", "")
            .Tensor("a", 0, 0, 8).Tensor("b", 8, 32, 32));

        Assert.Equal((version, bigEndian), (file.Version, file.IsBigEndian));
        Assert.Equal(2, file.Integer("block_count"));
        Assert.Equal(4096, file.Integer("context_length"));
        Assert.Equal(10000, file.Number("rope.freq_base"));
        Assert.True(file.Flag("x.flag"));
        Assert.Equal([4L, 2L], file.Integers("attention.head_count_kv"));
        Assert.Equal([32L, 34L], file.Tensors.Select(tensor => tensor.Size));
        var tokens = new List<string?>();
        GgufValues.ForEach(file, file.Find("tokenizer.ggml.tokens")!, (_, _, text) => tokens.Add(text));
        Assert.Equal(["a", "bc", ""], tokens);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 4200\n", "Git LFS pointer to 4200 bytes")]
    [InlineData("<!DOCTYPE html>\n<html><head>", "web page")]
    [InlineData("  <HTML><body>404", "web page")]
    [InlineData("{\"error\":\"not found\"}", "JSON text")]
    [InlineData("<?xml version=\"1.0\"?><Error>", "XML text")]
    [InlineData("PK\u0003\u0004xxxx", "convert_hf_to_gguf.py")]
    [InlineData("tjgg\u0001\u0000\u0000\u0000", "before GGUF")]
    [InlineData("", "is empty")]
    [InlineData("hello world", "hello world")]
    public void What_is_no_gguf_file_is_named(string content, string expected)
    {
        var path = Path.Combine(_folder, "x.gguf");
        File.WriteAllText(path, content);

        var error = Assert.Throws<StoreException>(() => GgufFile.Read(path));

        Assert.IsType<StoreFailure.Invalid>(error.Failure);
        Assert.StartsWith("supplied file was not in GGUF format", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_safetensors_file_is_named()
    {
        var path = Path.Combine(_folder, "x.gguf");
        File.WriteAllBytes(path, [0x40, 0, 0, 0, 0, 0, 0, 0, .. "{\"__metadata__\":{}}"u8]);

        Assert.Contains("safetensors", Assert.Throws<StoreException>(() => GgufFile.Read(path)).Message, StringComparison.Ordinal);
    }

    private GgufFile Read(GgufBytes bytes) => GgufFile.Read(bytes.Save(Path.Combine(_folder, "x.gguf")));
}
