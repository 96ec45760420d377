using System.Diagnostics;
using System.Text;
using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Storage;

/// <summary>A manifest is read again when its file may have changed, and only then.</summary>
public sealed class ManifestReadTests : IDisposable
{
    // The clock of the store runs ahead of that of the files, as if it had waited until their times are settled.
    private readonly AheadTime _time = new() { By = TimeSpan.FromMinutes(1) };
    private readonly Some _some = new();
    private readonly LocalStore _store;

    public ManifestReadTests() => _store = LocalStore.Open(_some.Store.Folder, _time);

    private string ManifestOf(string name) => _some.PathOf($"store/manifests/registry.ollama.ai/library/{name}/latest");

    public void Dispose() => _some.Dispose();

    [Fact]
    public void Looking_again_and_again_reads_each_manifest_once()
    {
        foreach (var name in new[] { "a", "b", "c" })
            Write(name, name);
        Look();
        var before = _store.ManifestReads;

        for (var look = 0; look < 100; look++)
            Look();

        Assert.True(OperatingSystem.IsLinux(), "files have no such times elsewhere");
        Assert.Equal(before, _store.ManifestReads);
        Assert.Equal(3, _store.List().Count);

        void Look()
        {
            foreach (var name in new[] { "a", "b", "c" })
                Assert.NotNull(_store.Find(Some.Name(name)));
        }
    }

    [Fact]
    public void What_another_process_puts_in_place_is_seen_at_once()
    {
        Write("a", "one");
        Write("b", "two");
        var one = _store.Find(Some.Name("a"))!.Digest;
        Assert.NotEqual(one, _store.Find(Some.Name("b"))!.Digest);

        File.Copy(ManifestOf("b"), ManifestOf("a") + ".new");
        File.Move(ManifestOf("a") + ".new", ManifestOf("a"), overwrite: true);
        Assert.NotEqual(one, _store.Find(Some.Name("a"))!.Digest);

        File.Delete(ManifestOf("a"));
        Assert.Null(_store.Find(Some.Name("a")));
    }

    [Fact]
    public void Other_bytes_of_the_same_length_and_time_in_the_same_file_are_seen()
    {
        Write("a", "one");
        Write("b", "two");
        var (bytes, time) = (File.ReadAllBytes(ManifestOf("b")), File.GetLastWriteTimeUtc(ManifestOf("a")));
        var one = _store.Find(Some.Name("a"))!.Digest;
        Assert.Equal(bytes.Length, new FileInfo(ManifestOf("a")).Length);

        // Both writes may be within one step of the file system's clock, which the store waits for and this test does not.
        var before = FileIdentity.StampOf(ManifestOf("a"));
        for (var clock = Stopwatch.StartNew(); FileIdentity.StampOf(ManifestOf("a")) == before;)
        {
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            using (var file = File.OpenWrite(ManifestOf("a")))
                file.Write(bytes);
            File.SetLastWriteTimeUtc(ManifestOf("a"), time);
        }

        Assert.NotEqual(one, _store.Find(Some.Name("a"))!.Digest);
    }

    [Fact]
    public void A_manifest_that_was_written_just_now_is_read_again_since_its_time_may_hide_another_change()
    {
        _time.By = TimeSpan.Zero;
        Write("a", "one");
        _store.Find(Some.Name("a"));
        var before = _store.ManifestReads;

        _store.Find(Some.Name("a"));
        Assert.Equal(before + 1, _store.ManifestReads);

        _time.By = TimeSpan.FromMinutes(1);
        _store.Find(Some.Name("a"));
        _store.Find(Some.Name("a"));
        Assert.Equal(before + 2, _store.ManifestReads);
    }

    private void Write(string name, string system)
    {
        var blob = _store.Blobs.Write(Encoding.UTF8.GetBytes(system));
        var config = _store.Blobs.Write(ModelConfigJson.Write(ModelConfig.Empty));
        _store.WriteManifest(Some.Name(name), new Manifest(
            new Layer(MediaTypes.Config, config.Digest, config.Size),
            [new Layer(MediaTypes.System, blob.Digest, blob.Size)]));
    }

    private sealed class AheadTime : TimeProvider
    {
        internal TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + By;
    }
}
