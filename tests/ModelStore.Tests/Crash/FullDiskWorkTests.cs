using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Import;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Registry;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Tests.Registry;

namespace ModelOps.ModelStore.Tests.Crash;

/// <summary>The disk is full before, during and at the end of a pull, an import and a build.</summary>
public sealed class FullDiskWorkTests : IDisposable
{
    private const long Slack = 16 << 10;

    private readonly SmallDisk _disk = new(megabytes: 12);
    private readonly LocalStore _store;
    private readonly ModelName _old = ModelName.Parse("old");

    public FullDiskWorkTests()
    {
        _store = LocalStore.Open(Path.Combine(_disk.Folder, "store"), TimeProvider.System);
        var system = _store.Blobs.Write("Kept."u8);
        var config = _store.Blobs.Write(ModelConfigJson.Write(ModelConfig.Empty));
        _store.WriteManifest(
            _old,
            new Manifest(
                new Layer(MediaTypes.Config, config.Digest, config.Size), [new Layer(MediaTypes.System, system.Digest, system.Size)]));
    }

    public void Dispose() => _disk.Dispose();

    [Theory]
    [InlineData("before")]
    [InlineData("during")]
    [InlineData("manifest")]
    public async Task A_pull_says_what_it_needs_and_gives_its_space_back(string when)
    {
        await using var registry = await FaultyRegistry.StartAsync();
        var name = registry.Publish("m", Pulling.Content(when == "before" ? 20_000_000 : 3_000_000));
        using var client = new RegistryClient(_store, Pulling.Quick with { BytesPerSecond = 20_000_000 }, TimeProvider.System);
        var free = _disk.Free;

        await FailAsync(progress => client.PullAsync(name, insecure: true, progress, CancellationToken.None), line => when switch
        {
            "during" => line.Completed > 0,
            "manifest" => line.Status == "writing manifest",
            _ => false,
        });

        Assert.Null(_store.Find(name));
        _disk.Empty();
        if (when != "manifest")
            _disk.AssertFree(free - Slack);
        if (when == "before")
            return;
        await client.PullAsync(name, insecure: true, _ => { }, CancellationToken.None);
        Assert.NotNull(_store.Find(name));
    }

    [Theory]
    [InlineData("before")]
    [InlineData("during")]
    public async Task An_import_says_what_it_needs_and_gives_its_space_back(string when)
    {
        using var outside = new Some();
        var file = outside.PathOf("w.gguf");
        await File.WriteAllBytesAsync(file, Pulling.Content(when == "before" ? 20_000_000 : 9_000_000));
        var free = _disk.Free;

        await FailAsync(
            progress => new WeightsImport(_store)
                .ImportAsync(file, link: false, done => progress(new("", Completed: done)), CancellationToken.None),
            line => when == "during" && line.Completed > 0);

        _disk.Empty();
        _disk.AssertFree(free - Slack);
    }

    [Theory]
    [InlineData("parsing GGUF")]
    [InlineData("writing manifest")]
    public async Task A_build_leaves_what_the_name_meant(string when)
    {
        var weights = await new WeightsImport(_store).ImportAsync(Some.Pico, link: false, done: null, CancellationToken.None);
        var request = new CreateRequest
        {
            Name = _old,
            Files = new Dictionary<string, string> { ["p.gguf"] = weights.Digest.ToString() },
            System = "New.",
        };
        var builder = new ModelBuilder(_store, puller: null, quantizer: null);

        await FailAsync(progress => builder.CreateAsync(request, progress, CancellationToken.None), line => line.Status == when);

        _disk.Empty();
        await builder.CreateAsync(request, _ => { }, CancellationToken.None);
        Assert.Equal("New.", _store.Read(_store.Find(_old)!).System);
    }

    /// <summary>The work fails with the bytes it needs, and what was there is served on.</summary>
    private async Task FailAsync(Func<Action<ProgressLine>, Task> work, Func<ProgressLine, bool> full)
    {
        var error = await Assert.ThrowsAsync<StoreException>(() => work(line =>
        {
            if (full(line))
                _disk.Fill();
        }));

        Assert.Matches("full", error.Message);
        Assert.Matches("[1-9][0-9]* bytes (were to be written|are needed), [0-9]+ are free", error.Message);
        Assert.Equal("Kept.", _store.Read(_store.Find(_old)!).System);
        Assert.Empty(Directory.GetFiles(_store.Blobs.Folder, ".*"));
    }
}
