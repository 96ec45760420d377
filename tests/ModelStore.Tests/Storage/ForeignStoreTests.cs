using System.Text;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Verification;

namespace ModelOps.ModelStore.Tests.Storage;

/// <summary>A store that the reference wrote is read in place, and its files stay as they are.</summary>
public sealed class ForeignStoreTests : IDisposable
{
    private readonly Some _some = new();

    public void Dispose() => _some.Dispose();

    [Fact]
    public void A_pulled_manifest_is_read_and_copied_byte_for_byte()
    {
        // Not our form: white space, no final line feed, a layer type and fields that we do not know.
        var manifest = Encoding.UTF8.GetBytes(
            "{ \"schemaVersion\": 2,\n  \"mediaType\": \"application/vnd.docker.distribution.manifest.v2+json\",\n  \"extra\": true,\n"
            + $"  \"config\": {{\"mediaType\":\"application/vnd.docker.container.image.v1+json\",\"digest\":\"{Blob("{\"model_format\":\"gguf\",\"model_family\":\"test\"}\n")}\",\"size\":46}},\n"
            + $"  \"layers\": [{{\"mediaType\":\"application/vnd.ollama.image.system\",\"digest\":\"{Blob("Be brief.")}\",\"size\":9,\"from\":\"/tmp/x\"}},\n"
            + $"    {{\"mediaType\":\"application/vnd.example.unknown\",\"digest\":\"{Blob("?")}\",\"size\":1}}] }}");
        var path = Save("registry.ollama.ai/library/Llama3/8B", manifest);

        var model = Assert.Single(_some.Store.List());
        Assert.Equal("Llama3:8B", model.Name.ShortName);
        Assert.Equal(Digest.Of(manifest).Hex, model.Digest);
        Assert.Equal(56, model.Size);
        Assert.Equal("test", model.Config.Family);
        Assert.Equal("Be brief.", _some.Store.Read(model).System);

        Assert.True(_some.Store.Copy(model.Name, Some.Name("copy")));
        Assert.Equal(manifest, File.ReadAllBytes(_some.PathOf("store/manifests/registry.ollama.ai/library/copy/latest")));
        Assert.Equal(manifest, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Strewn_and_broken_files_disturb_nobody_and_are_told_by_verify()
    {
        Save("registry.ollama.ai/library/broken/latest", "{"u8.ToArray());
        Save("registry.ollama.ai/library/broken/.DS_Store", [1, 2, 3]);
        Blob("kept");

        Assert.Empty(_some.Store.List());
        var report = await new Verifier(_some.Store, TimeProvider.System)
            .VerifyAsync(new VerifyOptions(), null, null, CancellationToken.None);
        Assert.Empty(report.Findings);
        Assert.EndsWith("broken/latest", Assert.Single(report.UnreadableManifests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_that_a_manifest_needs_and_nobody_has_is_told()
    {
        var absent = Digest.Of("absent"u8);
        Save("registry.ollama.ai/library/a/latest", Encoding.UTF8.GetBytes(
            $"{{\"schemaVersion\":2,\"config\":{{\"mediaType\":\"c\",\"digest\":\"{Blob("{}")}\",\"size\":2}},\"layers\":[{{\"mediaType\":\"m\",\"digest\":\"{absent}\",\"size\":6}}]}}"));

        var report = await new Verifier(_some.Store, TimeProvider.System)
            .VerifyAsync(new VerifyOptions(), Some.Name("a"), null, CancellationToken.None);

        var finding = Assert.Single(report.Findings);
        Assert.Equal((absent, BlobProblem.Missing, "a"), (finding.Digest, finding.Problem, Assert.Single(finding.Models).Model));
    }

    private Digest Blob(string content) => _some.Store.Blobs.Write(Encoding.UTF8.GetBytes(content)).Digest;

    private string Save(string name, byte[] content)
    {
        var path = _some.PathOf("store/manifests/" + name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }
}
