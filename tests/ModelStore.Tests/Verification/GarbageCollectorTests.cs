using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Verification;

namespace ModelOps.ModelStore.Tests.Verification;

public sealed class GarbageCollectorTests : IDisposable
{
    private readonly Some _some = new();

    private LocalStore Store => _some.Store;

    private GarbageCollector Collector => new(Store, TimeProvider.System);

    public void Dispose() => _some.Dispose();

    [Fact]
    public void Only_old_blobs_that_no_manifest_mentions_are_removed()
    {
        var used = Model("a", "used");
        var fresh = Store.Blobs.Write("fresh"u8).Digest;
        var old = Aged(Store.Blobs.Write("old"u8).Digest);
        Aged(used);

        var report = Collector.Collect(new GarbageOptions());

        Assert.Equal(Store.Blobs.PathOf(old), Assert.Single(report.Items).Path);
        Assert.Equal((true, true, false), (Store.Blobs.Has(used), Store.Blobs.Has(fresh), Store.Blobs.Has(old)));
    }

    [Fact]
    public void A_dry_run_removes_nothing()
    {
        var old = Aged(Store.Blobs.Write("old"u8).Digest);

        var report = Collector.Collect(new GarbageOptions { DryRun = true });

        Assert.Equal((3L, false), (report.Bytes, report.Removed));
        Assert.True(Store.Blobs.Has(old));
    }

    [Fact]
    public void Nothing_is_removed_while_a_build_runs()
    {
        var old = Aged(Store.Blobs.Write("old"u8).Digest);
        using var build = Store.HoldBlobs();

        var report = Collector.Collect(new GarbageOptions());

        Assert.Contains("running", report.Reason, StringComparison.Ordinal);
        Assert.True(Store.Blobs.Has(old));
    }

    [Fact]
    public void A_manifest_that_cannot_be_read_protects_all_blobs_at_start()
    {
        var old = Aged(Store.Blobs.Write("old"u8).Digest);
        Model("a", "used");
        File.WriteAllText(_some.PathOf("store/manifests/registry.ollama.ai/library/a/broken"), "{");

        var report = Collector.PruneAtStart(new GarbageOptions());

        Assert.Contains("broken", report.Reason, StringComparison.Ordinal);
        Assert.True(Store.Blobs.Has(old));
    }

    [Fact]
    public void Broken_off_writes_go_and_young_downloads_stay()
    {
        var temporary = Old("writing-1234", TimeSpan.FromHours(2));
        var theirs = Old("sha256-938471", TimeSpan.FromHours(2));
        var partial = Old($"sha256-{new string('0', 64)}-partial", TimeSpan.FromDays(2));
        var abandoned = Old($"sha256-{new string('1', 64)}-partial-0", TimeSpan.FromDays(20));
        var foreign = Old("notes.txt", TimeSpan.FromDays(20));

        Collector.PruneAtStart(new GarbageOptions());

        Assert.Equal(
            [false, false, true, false, true],
            new[] { temporary, theirs, partial, abandoned, foreign }.Select(File.Exists));
    }

    [Fact]
    public void Names_of_old_stores_are_put_right()
    {
        File.WriteAllText(Path.Combine(Store.Blobs.Folder, "sha256:" + new string('a', 64)), "x");

        Collector.PruneAtStart(new GarbageOptions());

        Assert.True(File.Exists(Path.Combine(Store.Blobs.Folder, "sha256-" + new string('a', 64))));
    }

    [Fact]
    public async Task Verification_sets_damaged_blobs_aside_and_names_the_models_they_hit()
    {
        var blob = Model("a", "used");
        Model("b", "used");
        Model("c", "other");
        await File.WriteAllTextAsync(Store.Blobs.PathOf(blob), "eaten");
        var missing = Store.Find(Some.Name("c"))!.Manifest.Layers[0].Digest;
        File.Delete(Store.Blobs.PathOf(missing));

        var report = await new Verifier(Store, TimeProvider.System)
            .VerifyAsync(new VerifyOptions(), only: null, progress: null, CancellationToken.None);

        Assert.Equal(
            [(blob, BlobProblem.Damaged, "a:latest b:latest"), (missing, BlobProblem.Missing, "c:latest")],
            report.Findings.OrderBy(finding => finding.Problem)
                .Select(finding =>
                    (
                        finding.Digest,
                        finding.Problem,
                        string.Join(' ', finding.Models.Select(name => name.ShortName).Order(StringComparer.Ordinal)))));
        Assert.False(Store.Blobs.Has(blob));
        Assert.True(File.Exists(Path.Combine(Store.Folder, "quarantine", blob.FileName)));
    }

    private Digest Model(string name, string system)
    {
        var blob = Store.Blobs.Write(System.Text.Encoding.UTF8.GetBytes(system));
        var config = Store.Blobs.Write(ModelConfigJson.Write(ModelConfig.Empty));
        Store.WriteManifest(Some.Name(name), new Manifest(
            new Layer(MediaTypes.Config, config.Digest, config.Size), [new Layer(MediaTypes.System, blob.Digest, blob.Size)]));
        return blob.Digest;
    }

    private Digest Aged(Digest digest)
    {
        File.SetLastWriteTimeUtc(Store.Blobs.PathOf(digest), DateTime.UtcNow.AddHours(-2));
        return digest;
    }

    private string Old(string name, TimeSpan age)
    {
        var path = Path.Combine(Store.Blobs.Folder, name);
        File.WriteAllText(path, "x");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow - age);
        return path;
    }
}
