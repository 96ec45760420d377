using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Registry;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Registry;

[Trait("Category", "Registry")]
public sealed class RealRegistryTests
{
    [Fact]
    public async Task What_one_store_pushes_another_pulls_byte_for_byte()
    {
        Assert.SkipUnless(RealRegistry.IsInstalled, "docker-registry is not installed");
        using var registry = await RealRegistry.StartAsync();
        using var here = new Pair();
        using var there = new Pair();
        var weights = Pulling.Content(1_234_567);
        var name = ModelName.Parse($"{registry.Host}/lab/chat:v1");
        var pushed = here.Store(name, "", weights, "{{ .Prompt }}"u8.ToArray());

        var lines = await here.PushAsync(name);
        Assert.Equal(["retrieving manifest", "pushing manifest", "success"], lines);
        await there.PullAsync(name);

        var pulled = there.Some.Store.Find(name)!;
        Assert.Equal(pushed.Manifest.Blobs, pulled.Manifest.Blobs);
        foreach (var digest in pulled.Manifest.Blobs)
            Assert.Equal(here.Some.Store.Blobs.Read(digest), there.Some.Store.Blobs.Read(digest));
    }

    [Fact]
    public async Task A_second_push_sends_no_blob()
    {
        Assert.SkipUnless(RealRegistry.IsInstalled, "docker-registry is not installed");
        using var registry = await RealRegistry.StartAsync();
        using var here = new Pair();
        var name = ModelName.Parse($"{registry.Host}/lab/chat:v1");
        here.Store(name, "", Pulling.Content(300_000));
        await here.PushAsync(name);
        await here.PushAsync(name);

        var again = ModelName.Parse($"{registry.Host}/lab/chat:v2");
        here.Some.Store.Copy(name, again);
        await here.PushAsync(again);
        using var there = new Pair();
        await there.PullAsync(again);

        Assert.NotNull(there.Some.Store.Find(again));
    }

    [Fact]
    public async Task A_layer_of_another_repository_is_mounted()
    {
        Assert.SkipUnless(RealRegistry.IsInstalled, "docker-registry is not installed");
        using var registry = await RealRegistry.StartAsync();
        using var here = new Pair();
        var weights = Pulling.Content(300_000);
        var parent = ModelName.Parse($"{registry.Host}/lab/parent");
        here.Store(parent, "", weights);
        await here.PushAsync(parent);

        var child = ModelName.Parse($"{registry.Host}/lab/child");
        here.Store(child, parent.FullName, weights);
        File.Delete(here.Some.Store.Blobs.PathOf(Digest.Of(weights)));
        await here.PushAsync(child);
        using var there = new Pair();
        await there.PullAsync(child);

        Assert.Equal(weights, there.Some.Store.Blobs.Read(Digest.Of(weights)));
    }

    [Fact]
    public async Task An_unknown_model_does_not_exist()
    {
        Assert.SkipUnless(RealRegistry.IsInstalled, "docker-registry is not installed");
        using var registry = await RealRegistry.StartAsync();
        using var here = new Pair();

        var error = await Assert.ThrowsAsync<StoreException>(() => here.PullAsync(ModelName.Parse($"{registry.Host}/lab/nope")));

        Assert.Equal("pull model manifest: file does not exist", error.Message);
    }

    private sealed class Pair : IDisposable
    {
        public Pair() => Client = new RegistryClient(Some.Store, Pulling.Quick, TimeProvider.System);

        public Some Some { get; } = new();

        public RegistryClient Client { get; }

        public StoredModel Store(ModelName name, string from, params byte[][] contents)
        {
            var config = Some.Store.Blobs.Write("{\"model_format\":\"gguf\"}"u8);
            return Some.Store.WriteManifest(name, new Manifest(
                new Layer(MediaTypes.Config, config.Digest, config.Size),
                [.. contents.Select(
                    content => new Layer(MediaTypes.Model, Some.Store.Blobs.Write(content).Digest, content.Length, from))]));
        }

        public async Task<IReadOnlyList<string>> PushAsync(ModelName name)
        {
            var lines = new List<ProgressLine>();
            await Client.PushAsync(name, insecure: true, lines.Add, TestContext.Current.CancellationToken);
            return [.. lines.Where(line => line.Digest.Length == 0).Select(line => line.Status)];
        }

        public Task PullAsync(ModelName name) => Client.PullAsync(name, insecure: true, _ => { }, TestContext.Current.CancellationToken);

        public void Dispose()
        {
            Client.Dispose();
            Some.Dispose();
        }
    }
}
