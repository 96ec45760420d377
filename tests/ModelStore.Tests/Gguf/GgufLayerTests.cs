using ModelOps.ModelStore.Gguf;
using ModelOps.TestKit.Generated;

namespace ModelOps.ModelStore.Tests.Gguf;

public sealed class GgufLayerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-variants-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_has_the_first_block_and_a_share_of_the_vocabulary()
    {
        var model = GgufFile.Read(Some.Pico);

        GgufLayer.Write(model, Path.Combine(_folder, "layer.gguf"));
        var layer = GgufFile.Read(Path.Combine(_folder, "layer.gguf"));

        Assert.Equal(1, layer.Integer("block_count"));
        Assert.Equal(
            model.Tensors.Where(tensor => !tensor.Name.StartsWith("blk.", StringComparison.Ordinal) || tensor.Name.StartsWith("blk.0.", StringComparison.Ordinal))
                .Select(tensor => (tensor.Name, tensor.Type)),
            layer.Tensors.Select(tensor => (tensor.Name, tensor.Type)));
        var words = layer.Tensors.Single(tensor => tensor.Name == "token_embd.weight").Shape;
        Assert.Equal(model.Integer("embedding_length"), words[0]);
        Assert.Equal(words[1], layer.Integer("vocab_size"));
        Assert.InRange(words[1], 1, Math.Max(256, model.Integer("vocab_size") ?? long.MaxValue));
        Assert.Equal("none", layer.Text("tokenizer.ggml.model"));
        Assert.Equal(model.Integer("attention.head_count"), layer.Integer("attention.head_count"));
    }

    [Fact]
    public void It_takes_no_room_on_the_disk_for_matrices()
    {
        var model = GgufFile.Read(GeneratedModel.Write(ModelShape.Llama(64, 4, 4, 2, 128, 256), Path.Combine(_folder, "model.gguf")));

        var bytes = GgufLayer.Write(model, Path.Combine(_folder, "layer.gguf"));

        var length = new FileInfo(Path.Combine(_folder, "layer.gguf")).Length;
        Assert.True(length > bytes, $"{length} bytes, {bytes} of tensors");
        using var file = File.OpenRead(Path.Combine(_folder, "layer.gguf"));
        file.Position = length - bytes;
        Assert.Equal(-1, SkipZeros(file));
    }

    [Fact]
    public void A_file_that_does_not_tell_its_layers_is_refused()
    {
        var adapter = GgufFile.Read(GeneratedAdapter.Write(Path.Combine(_folder, "adapter.gguf"), 64, 4));

        Assert.Empty(GgufLayer.Tensors(adapter));
        Assert.Contains(
            "does not tell its layers",
            Assert.Throws<StoreException>(() => GgufLayer.Write(adapter, Path.Combine(_folder, "layer.gguf"))).Message,
            StringComparison.Ordinal);
    }

    private static int SkipZeros(FileStream file)
    {
        int next;
        do
        {
            next = file.ReadByte();
        }
        while (next == 0);

        return next;
    }
}
