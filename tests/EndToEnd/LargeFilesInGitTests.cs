using ModelOps.TestKit;
using ModelOps.TestKit.Git;

namespace ModelOps.EndToEnd;

/// <summary>Weights in a repository behind https are fetched when a Modelfile names them, and are not kept twice.</summary>
public sealed class LargeFilesInGitTests : IDisposable
{
    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec: { models: [ { name: chat, residency: { mode: always }, inline: "FROM ./named.gguf" } ] }
        """;

    private readonly TemporaryFolder _folder = new();

    private static string Weights => RepoRoot.Combine("examples", "models-repo", "weights", "pico-f16.gguf");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Only_the_weights_that_a_model_names_are_fetched_and_it_serves_again_without_the_server()
    {
        var repository = ModelsRepository.With(_folder.Combine("work"), Yaml);
        File.Copy(Weights, Path.Combine(repository.Path, "named.gguf"));
        await File.WriteAllBytesAsync(
            Path.Combine(repository.Path, "unnamed.gguf"), [.. File.ReadAllBytes(Weights), 1], TestContext.Current.CancellationToken);
        repository.CommitAll("Weights");
        var bare = _folder.Combine("served", "models.git");
        Directory.CreateDirectory(_folder.Combine("served"));
        repository.Git("clone", "--quiet", "--bare", repository.Path, bare);
        repository.Git("--git-dir", bare, "config", "uploadpack.allowFilter", "true");
        var home = _folder.Combine("home");
        string[] options;
        await using (var server = GitHttpServer.Start(_folder.Combine("served"), _folder.Path))
        {
            options = ["--git", "program", "--git-ca-file", server.AuthorityFile];
            await using var daemon = await Daemon.StartReadyAsync(server.Address("models.git"), home, options);

            Assert.NotEmpty(await daemon.AskAsync("chat", "Why is the sky blue?"));
            Assert.Equal("WhenNamed", (string?)(await daemon.GetAsync("modelops/v1/status"))["source"]!["largeFiles"]);
            var shown = await Executable.RunAsync(
                ["status"], new Dictionary<string, string> { ["OLLAMA_HOST"] = daemon.Address.ToString() });
            Assert.Contains("; large files are fetched when a Modelfile names them", shown.Output, StringComparison.Ordinal);
        }

        // Pico's other weights, 2.8 MB, are smaller than the largest text.
        Assert.InRange(SizeOf(Path.Combine(home, "git")), 1, 4 << 20);
        var size = new FileInfo(Weights).Length;
        Assert.Single(Directory.GetFiles(Path.Combine(home, "store", "blobs")), file => new FileInfo(file).Length == size);

        await using var again = await Daemon.StartAsync("https://127.0.0.1:1/models.git", home, options);
        await again.WaitAsync(
            "the pinned model is back",
            async () => (bool?)(await again.GetAsync("modelops/v1/status"))["models"]!.AsArray().FirstOrDefault()?["resident"] == true);
        Assert.NotEmpty(await again.AskAsync("chat", "Why is the sky blue?"));
    }

    private static long SizeOf(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
}
