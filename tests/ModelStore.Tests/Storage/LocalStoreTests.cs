using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Storage;

public sealed class LocalStoreTests : IDisposable
{
    private readonly Some _some = new();

    private LocalStore Store => _some.Store;

    public void Dispose() => _some.Dispose();

    [Fact]
    public void A_model_is_listed_with_the_digest_of_its_manifest_and_the_size_of_its_parts()
    {
        Write("Chat:v1", "one");

        var model = Assert.Single(Store.List());
        Assert.Equal("Chat:v1", model.Name.ShortName);
        var manifest = _some.PathOf("store/manifests/registry.ollama.ai/library/Chat/v1");
        Assert.Equal(Digest.Of(File.ReadAllBytes(manifest)).Hex, model.Digest);
        Assert.Equal(3 + model.Manifest.Config!.Size, model.Size);
    }

    [Fact]
    public void A_name_takes_the_case_of_what_is_stored_part_by_part()
    {
        Write("Someone/Chat:V1", "one");
        Write("example.com/Team/other:Beta", "two");

        Assert.Equal("Someone/Chat:V1", Store.Canonicalise(Some.Name("someone/chat:v1")).ShortName);
        Assert.Equal("Team/Chat:Beta", Store.Canonicalise(Some.Name("team/CHAT:beta")).ShortName);
        Assert.Equal("New:latest", Store.Canonicalise(Some.Name("New")).ShortName);
    }

    [Fact]
    public void Deleting_one_of_two_names_keeps_what_the_other_needs()
    {
        Write("a", "shared");
        Assert.True(Store.Copy(Some.Name("a"), Some.Name("b")));
        var blob = Store.Find(Some.Name("a"))!.Manifest.Layers[0].Digest;

        Assert.True(Store.Delete(Some.Name("a")));
        Assert.True(Store.Blobs.Has(blob));
        Assert.False(Directory.Exists(_some.PathOf("store/manifests/registry.ollama.ai/library/a")));

        Assert.True(Store.Delete(Some.Name("b")));
        Assert.False(Store.Blobs.Has(blob));
        Assert.False(Store.Delete(Some.Name("b")));
    }

    [Fact]
    public void Blobs_that_a_build_is_about_to_use_are_not_removed_under_it()
    {
        Write("a", "shared");
        var blob = Store.Find(Some.Name("a"))!.Manifest.Layers[0].Digest;

        using (Store.HoldBlobs())
        {
            Store.Delete(Some.Name("a"));
            Assert.True(Store.Blobs.Has(blob));
        }

        Assert.False(Store.Blobs.Has(blob));
    }

    [Fact]
    public void A_manifest_that_cannot_be_read_keeps_every_blob()
    {
        Write("a", "one");
        var blob = Store.Find(Some.Name("a"))!.Manifest.Layers[0].Digest;
        File.WriteAllText(_some.PathOf("store/manifests/registry.ollama.ai/library/a/torn"), "{\"schemaVersion\":2,\"lay");

        Store.Delete(Some.Name("a"));

        Assert.True(Store.Blobs.Has(blob));
    }

    [Fact]
    public void Staged_builds_are_hidden_from_lists()
    {
        Write("modelops.local/staged/chat:1", "one");

        Assert.Empty(Store.List());
        Assert.Single(Store.ListAll());
    }

    [Fact]
    public async Task An_upload_under_a_wrong_digest_is_refused_and_kept_under_its_true_one()
    {
        var wrong = Digest.Of("other"u8).ToString();
        var error = await Assert.ThrowsAsync<StoreException>(() =>
            Store.Blobs.ReceiveAsync(wrong, new MemoryStream("content"u8.ToArray()), CancellationToken.None));

        Assert.Equal($"digest mismatch, expected \"{wrong}\", got \"{Digest.Of("content"u8)}\"", error.Message);
        Assert.True(Store.Blobs.Has(Digest.Of("content"u8)));
        Assert.False(await Store.Blobs.ReceiveAsync(Digest.Of("content"u8).ToString(), Stream.Null, CancellationToken.None));
    }

    [Fact]
    public void A_manifest_is_written_in_the_form_of_the_reference()
    {
        Write("a", "one");

        var text = File.ReadAllText(_some.PathOf("store/manifests/registry.ollama.ai/library/a/latest"));
        var manifest = Store.Find(Some.Name("a"))!.Manifest;
        Assert.Equal(
            "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.docker.distribution.manifest.v2+json\",\"config\":{\"mediaType\":\"application/vnd.docker.container.image.v1+json\","
            + $"\"digest\":\"{manifest.Config!.Digest}\",\"size\":{manifest.Config.Size}}},\"layers\":[{{\"mediaType\":\"application/vnd.ollama.image.system\","
            + $"\"digest\":\"{manifest.Layers[0].Digest}\",\"size\":3}}]}}\n",
            text);
    }

    private void Write(string name, string system)
    {
        var blob = Store.Blobs.Write(System.Text.Encoding.UTF8.GetBytes(system));
        var config = Store.Blobs.Write(ModelConfigJson.Write(ModelConfig.Empty));
        Store.WriteManifest(Some.Name(name), new Manifest(
            new Layer(MediaTypes.Config, config.Digest, config.Size),
            [new Layer(MediaTypes.System, blob.Digest, blob.Size)]));
    }
}
