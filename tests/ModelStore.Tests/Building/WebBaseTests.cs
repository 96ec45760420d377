using System.Collections.Immutable;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Registry;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Tests.Registry;

namespace ModelOps.ModelStore.Tests.Building;

/// <summary>FROM names a file of a web server, or a model of another registry.</summary>
public sealed class WebBaseTests
{
    private static readonly byte[] Weights = File.ReadAllBytes(Some.Pico);

    [Fact]
    public async Task A_model_is_built_from_a_file_of_a_web_server()
    {
        await using var pulling = await Pulling.StartAsync();
        pulling.Registry.Blobs["pico.gguf"] = Weights;

        var built = await BuildAsync(
            pulling.Some.Store, pulling.Client, $"http://{pulling.Registry.Host}/files/pico.gguf@{Digest.Of(Weights)}");

        Assert.Equal(Weights, pulling.Some.Store.Blobs.Read(built.Manifest.Layers[0].Digest));
        Assert.Equal("Hi.", pulling.Some.Store.Read(built).System);
    }

    [Fact]
    public async Task A_file_that_its_pin_does_not_know_makes_no_model()
    {
        await using var pulling = await Pulling.StartAsync();
        pulling.Registry.Blobs["pico.gguf"] = Weights;

        var error = await Assert.ThrowsAsync<StoreException>(() =>
            BuildAsync(pulling.Some.Store, pulling.Client, $"http://{pulling.Registry.Host}/files/pico.gguf@{Digest.Of("other"u8)}"));

        Assert.StartsWith("digest mismatch", error.Message, StringComparison.Ordinal);
        Assert.Empty(pulling.Some.Store.List());
        Assert.Empty(Directory.GetFiles(pulling.Some.Store.Blobs.Folder));
    }

    [Fact]
    public async Task A_model_of_the_hub_is_pulled_under_its_quantization()
    {
        await using var registry = await FaultyRegistry.StartAsync();
        using var some = new Some();
        registry.Publish("pico", Weights);
        registry.Manifests["/v2/lab/pico/manifests/Q8_0"] = registry.Manifests["/v2/lab/pico/manifests/latest"];
        var mirrors = ImmutableDictionary<string, Uri>.Empty.Add("hf.co", new Uri($"http://{registry.Host}"));
        using var client = new RegistryClient(some.Store, Pulling.Quick with { Mirrors = mirrors }, TimeProvider.System);

        var built = await BuildAsync(some.Store, client, "hf.co/lab/pico:Q8_0");

        Assert.Equal(Weights, some.Store.Blobs.Read(built.Manifest.Layers[0].Digest));
        Assert.Equal("hf.co/lab/pico:Q8_0", some.Store.Read(built).ParentModel);
    }

    [Theory]
    [InlineData("https://example.com/a/x.gguf", true)]
    [InlineData("https://example.com/a/x.gguf?download=true", true)]
    [InlineData("http://example.com/a/x.gguf", false)]
    [InlineData("https://name:word@example.com/x.gguf", false)]
    [InlineData("https://example.com/a/x.bin", false)]
    [InlineData("https://example.com/x.gguf@sha256:12", false)]
    [InlineData("hf.co/user/repository:Q4_K_M", false)]
    [InlineData("./x.gguf", false)]
    public void Only_an_address_of_a_gguf_file_is_one(string text, bool expected) =>
        Assert.Equal(expected, WebFileReference.Parse(text) is not null);

    [Fact]
    public void A_pin_makes_plain_http_good_enough()
    {
        var digest = Digest.Of("x"u8);
        var file = WebFileReference.Parse($"http://example.com/x%20y.gguf@{digest}")!;
        Assert.Equal((digest, "x y.gguf"), (file.Pin, file.FileName));
    }

    private static Task<StoredModel> BuildAsync(LocalStore store, RegistryClient client, string from) =>
        new ModelBuilder(store, client, quantizer: null).CreateAsync(
            new CreateRequest { Name = ModelName.Parse("m"), From = from, System = "Hi." }, _ => { },
            TestContext.Current.CancellationToken);
}
