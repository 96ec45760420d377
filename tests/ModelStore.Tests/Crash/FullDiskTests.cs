using System.Security.Cryptography;
using ModelOps.ModelStore.Import;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Crash;

/// <summary>A store on a file system of a few megabytes.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly SmallDisk _disk = new();

    private string Folder => _disk.Folder;

    public void Dispose() => _disk.Dispose();

    [Fact]
    public async Task An_import_that_cannot_fit_is_refused_with_both_numbers()
    {
        var store = Open();
        using var outside = new Some();
        await File.WriteAllBytesAsync(outside.PathOf("w.gguf"), new byte[6 << 20]);

        var error = await Assert.ThrowsAsync<StoreException>(() =>
            new WeightsImport(store).ImportAsync(outside.PathOf("w.gguf"), link: false, done: null, CancellationToken.None));

        Assert.Contains("6291456 bytes are needed, ", error.Message, StringComparison.Ordinal);
        Assert.Contains(" are free", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_fills_up_during_an_upload_gives_its_space_back()
    {
        var store = Open();
        var model = Write(store, "One.");
        var before = new DriveInfo(Folder).AvailableFreeSpace;

        var error = await Assert.ThrowsAsync<StoreException>(() =>
            store.Blobs.WriteAsync(new MemoryStream(RandomNumberGenerator.GetBytes(6 << 20)), null, CancellationToken.None));

        Assert.Contains("is full", error.Message, StringComparison.Ordinal);
        Assert.InRange(new DriveInfo(Folder).AvailableFreeSpace, before - 8192, long.MaxValue);
        Assert.Equal("One.", store.Read(store.Find(model)!).System);
    }

    [Fact]
    public void A_disk_that_is_full_at_the_manifest_leaves_the_old_model()
    {
        var store = Open();
        var model = Write(store, "One.");
        var manifest = store.Find(model)!.Manifest;
        _disk.Fill();

        var error = Assert.Throws<StoreException>(
            () => store.WriteManifest(model, manifest with { Layers = [.. manifest.Layers, .. manifest.Layers] }));

        Assert.Contains("is full", error.Message, StringComparison.Ordinal);
        Assert.Single(store.Find(model)!.Manifest.Layers);
        Assert.Equal("One.", store.Read(Assert.Single(store.List())).System);
        _disk.Empty();
        Assert.Equal("Two.", store.Read(store.Find(Write(store, "Two."))!).System);
    }

    private LocalStore Open() => LocalStore.Open(Path.Combine(Folder, "store"), TimeProvider.System);

    private static ModelName Write(LocalStore store, string system)
    {
        var name = ModelName.Parse("m");
        var blob = store.Blobs.Write(System.Text.Encoding.UTF8.GetBytes(system));
        var config = store.Blobs.Write(ModelConfigJson.Write(ModelConfig.Empty));
        store.WriteManifest(name, new Manifest(
            new Layer(MediaTypes.Config, config.Digest, config.Size), [new Layer(MediaTypes.System, blob.Digest, blob.Size)]));
        return name;
    }
}
