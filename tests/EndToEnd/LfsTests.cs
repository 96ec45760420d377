using System.Text;
using ModelOps.TestKit.Git;

namespace ModelOps.EndToEnd;

/// <summary>Weights in git LFS, by the real executable: no git-lfs, and with the built-in git no git either.</summary>
public sealed class LfsTests : IDisposable
{
    private const string Canary = "c4n4ryLfs";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("program")]
    [InlineData("builtin")]
    public async Task A_model_whose_weights_lie_in_LFS_serves_and_its_token_is_nowhere(string git)
    {
        var lfs = new LfsHost { Handed = "Bearer handed-" + Canary, Breaks = 1, BreakAfter = 50_000 };
        var repository = ModelsRepository.With(_folder.Combine("work"), StoredText.Yaml);
        repository.Commit("pico.gguf", lfs.Add(File.ReadAllBytes(ModelsRepository.Weights)));
        Directory.CreateDirectory(_folder.Combine("served"));
        repository.Git("clone", "--quiet", "--bare", repository.Path, _folder.Combine("served", "models.git"));
        await using var server = GitHttpServer.Start(_folder.Combine("served"), _folder.Path);
        server.Lfs = lfs;
        server.Wanted = lfs.Wanted = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("me:" + Canary));
        File.WriteAllText(_folder.Combine("token"), "me:" + Canary);

        await using var daemon = await Daemon.StartReadyAsync(
            server.Address("models.git"), _folder.Combine("home"), "--git", git, "--git-ca-file", server.AuthorityFile, "--git-token-file",
            _folder.Combine("token"), "--verbose");

        Assert.NotEmpty(await daemon.AskAsync("chat", "Why is the sky blue?"));
        var status = await daemon.Http.GetStringAsync("modelops/v1/status");
        Assert.DoesNotContain(Canary, status + daemon.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_folder.Combine("home"), "*", SearchOption.AllDirectories).Where(file => !IsWeights(file)),
            file => StoredText.Holds(file, Canary));
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Combine("home", "git"), "*", SearchOption.AllDirectories), IsWeights);
    }

    private static bool IsWeights(string file) => new FileInfo(file).Length == new FileInfo(ModelsRepository.Weights).Length;
}
