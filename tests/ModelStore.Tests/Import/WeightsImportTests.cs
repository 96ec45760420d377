using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Import;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Import;

public sealed class WeightsImportTests : IDisposable
{
    private readonly Some _some = new();

    public void Dispose() => _some.Dispose();

    [Fact]
    public async Task An_imported_file_is_a_blob_that_later_edits_do_not_reach()
    {
        var content = Bytes(9_000_000);
        var path = Save("w.gguf", content);

        var written = await ImportAsync(path);
        File.WriteAllText(path, "edited");

        Assert.Equal(Digest.Of(content), written.Digest);
        Assert.Equal(content, await File.ReadAllBytesAsync(_some.Store.Blobs.PathOf(written.Digest)));
    }

    [Fact]
    public async Task An_unchanged_file_is_not_read_again()
    {
        var path = Save("w.gguf", Bytes(1000));
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-1));
        var import = new WeightsImport(_some.Store);
        var first = await import.ImportAsync(path, link: false, done: null, CancellationToken.None);

        // Contents change behind the back of the clock: only a read would notice.
        var stamp = File.GetLastWriteTimeUtc(path);
        await using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
            file.WriteByte(0xAB);
        File.SetLastWriteTimeUtc(path, stamp);
        Assert.Equal(first.Digest, (await import.ImportAsync(path, link: false, done: null, CancellationToken.None)).Digest);

        File.SetLastWriteTimeUtc(path, stamp.AddSeconds(1));
        Assert.NotEqual(first.Digest, (await import.ImportAsync(path, link: false, done: null, CancellationToken.None)).Digest);
    }

    [Fact]
    public async Task A_linked_file_takes_no_space_and_is_refused_once_it_was_edited()
    {
        var path = Save("w.gguf", Bytes(1000));
        var written = await new WeightsImport(_some.Store).ImportAsync(path, link: true, done: null, CancellationToken.None);
        var links = new LinkedBlobs(_some.Store);
        await links.CheckAsync(written.Digest, CancellationToken.None);

        await using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
            file.WriteByte(0xAB);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(5));

        var error = await Assert.ThrowsAsync<StoreException>(() => links.CheckAsync(written.Digest, CancellationToken.None));
        Assert.Contains("was changed after it was linked", error.Message, StringComparison.Ordinal);
        Assert.False(_some.Store.Blobs.Has(written.Digest));
    }

    [Fact]
    public async Task A_missing_file_is_told_as_the_system_tells_it()
    {
        var path = _some.PathOf("absent.gguf");
        var error = await Assert.ThrowsAsync<StoreException>(() => ImportAsync(path));
        Assert.Equal($"open {path}: no such file or directory", error.Message);
    }

    [Fact]
    public async Task A_Modelfile_beside_its_weights_becomes_a_model()
    {
        Directory.CreateDirectory(_some.PathOf("repo"));
        File.Copy(Some.Pico, _some.PathOf("repo/pico.gguf"));

        var model = await BuildAsync("FROM ./pico.gguf\nSYSTEM Be brief.\nPARAMETER temperature 0.5\nPARAMETER stop a\n");

        var build = _some.Store.Read(model);
        Assert.Equal(await File.ReadAllBytesAsync(Some.Pico), await File.ReadAllBytesAsync(build.WeightsPath));
        Assert.Equal("Be brief.", build.System);
        Assert.Equal("{\"stop\":[\"a\"],\"temperature\":0.5}", build.Parameters.ToJsonString());
    }

    [Fact]
    public async Task A_folder_gives_all_its_weights()
    {
        Directory.CreateDirectory(_some.PathOf("repo/weights"));
        File.Copy(Some.Pico, _some.PathOf("repo/weights/pico.gguf"));
        Gguf.GgufBytes.Llama().Text("general.type", "mmproj").Save(_some.PathOf("repo/weights/proj.gguf"));
        File.WriteAllText(_some.PathOf("repo/weights/config.json"), "{}");

        var model = await BuildAsync("FROM ./weights\n");

        Assert.Equal([MediaTypes.Model, MediaTypes.Projector], model.Manifest.Layers.Select(layer => layer.MediaType));
    }

    [Fact]
    public async Task A_folder_of_safetensors_is_told_how_to_convert()
    {
        Directory.CreateDirectory(_some.PathOf("repo/weights"));
        File.WriteAllText(_some.PathOf("repo/weights/model.safetensors"), "x");

        var error = await Assert.ThrowsAsync<StoreException>(() => BuildAsync("FROM ./weights\n"));

        Assert.Contains("convert_hf_to_gguf.py", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_out_of_the_folder_is_refused()
    {
        Directory.CreateDirectory(_some.PathOf("repo/weights"));
        File.CreateSymbolicLink(_some.PathOf("repo/weights/x.gguf"), Some.Pico);

        var error = await Assert.ThrowsAsync<StoreException>(() => BuildAsync("FROM ./weights\n"));

        Assert.StartsWith("insecure path: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pointer_of_git_lfs_is_told_before_anything_is_copied()
    {
        Directory.CreateDirectory(_some.PathOf("repo"));
        File.WriteAllText(_some.PathOf("repo/w.gguf"), "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 99\n");

        var error = await Assert.ThrowsAsync<StoreException>(() => BuildAsync("FROM ./w.gguf\n"));

        Assert.Contains("git lfs pull", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shards_become_one_file()
    {
        Directory.CreateDirectory(_some.PathOf("repo/weights"));
        Shard(0, "a").Save(_some.PathOf("repo/weights/m-00001-of-00002.gguf"));
        Shard(1, "b").Save(_some.PathOf("repo/weights/m-00002-of-00002.gguf"));

        var model = await BuildAsync("FROM ./weights\n");

        var file = ModelStore.Gguf.GgufFile.Read(_some.Store.Read(model).WeightsPath);
        Assert.Equal(["a", "b"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([0L, 64L], file.Tensors.Select(tensor => tensor.Offset));
        Assert.Null(file.Integer("split.count"));
        Assert.Equal("llama", file.Architecture);
    }

    [Fact]
    public async Task A_missing_shard_is_told()
    {
        Directory.CreateDirectory(_some.PathOf("repo/weights"));
        Shard(0, "a").Save(_some.PathOf("repo/weights/m-00001-of-00002.gguf"));

        var error = await Assert.ThrowsAsync<StoreException>(() => BuildAsync("FROM ./weights\n"));

        Assert.Equal("split GGUF \"m-00001-of-00002.gguf\" has 1 shards, expected 2", error.Message);
    }

    private static Gguf.GgufBytes Shard(int index, string tensor)
    {
        var bytes = new Gguf.GgufBytes { DataBytes = 64 };
        if (index == 0)
            bytes.Text("general.architecture", "llama");
        return bytes.Raw("split.no", 2, [(byte)index, 0]).Raw("split.count", 2, [2, 0]).Tensor(tensor, 0, 0, 16);
    }

    private async Task<StoredModel> BuildAsync(string modelfile)
    {
        var files = new LocalFiles(_some.PathOf("repo"), _some.Folder, _ => null);
        var inputs = CreateInputs.Of(ModelfileParser.Parse(modelfile).Modelfile!, files.LookUp);
        var request = await new ModelfileBuild(_some.Store)
            .PrepareAsync(Some.Name("built"), inputs, link: false, _ => { }, CancellationToken.None);
        return await new ModelBuilder(_some.Store, puller: null, quantizer: null).CreateAsync(request, _ => { }, CancellationToken.None);
    }

    private Task<BlobWritten> ImportAsync(string path) =>
        new WeightsImport(_some.Store).ImportAsync(path, link: false, done: null, CancellationToken.None);

    private string Save(string name, byte[] content)
    {
        File.WriteAllBytes(_some.PathOf(name), content);
        return _some.PathOf(name);
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
