using System.Text.Json.Nodes;
using ModelOps.TestKit.Git;

namespace ModelOps.EndToEnd;

/// <summary>A machine without a git program.</summary>
public sealed class BuiltInGitTests : IDisposable
{
    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: chat
              inline: |
                FROM pico.gguf
                SYSTEM first
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_commit_is_served_and_followed_without_git_in_the_path()
    {
        var repository = ModelsRepository.With(_folder.Combine("work"), Yaml);
        await using var daemon = await Daemon.StartWithAsync(
            WithoutGit(), repository.Path, _folder.Combine("home"), "--poll-interval", "1s");
        await AppliedAsync(daemon, repository.Head);

        Assert.Contains("built-in", (string)(await SourceAsync(daemon))["git"]!, StringComparison.Ordinal);
        Assert.Contains(
            "built-in", (await Executable.RunAsync(["status", "--host", daemon.Address.ToString()])).Output, StringComparison.Ordinal);
        await AppliedAsync(daemon, repository.Commit("modelops.yaml", Yaml.Replace("first", "second", StringComparison.Ordinal)));
        var subject = (string)(await SourceAsync(daemon))["subject"]!;
        Assert.Equal(repository.Git("log", "-1", "--format=%s").Trim(), subject);
    }

    [Fact]
    public async Task The_same_over_ssh_which_is_the_only_program_that_it_needs()
    {
        var repository = ModelsRepository.With(_folder.Combine("work"), Yaml);
        using var server = new SshServer(_folder.Path);
        server.Start();
        await using var daemon = await Daemon.StartWithAsync(
            WithoutGit(), server.Address(repository.Path), _folder.Combine("home"), "--poll-interval", "1s", "--known-hosts",
            server.KnownHosts, "--ssh-key", server.Key("client"));
        await AppliedAsync(daemon, repository.Head);
        await AppliedAsync(daemon, repository.Commit("modelops.yaml", Yaml.Replace("first", "second", StringComparison.Ordinal)));
        Assert.DoesNotContain(
            Directory.EnumerateDirectories("/proc").Select(process => Read(Path.Combine(process, "stat"))),
            stat => stat.Contains("(ssh) Z", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lint_and_diff_need_no_git_either()
    {
        var repository = ModelsRepository.With(_folder.Combine("work"), Yaml);
        File.WriteAllText(Path.Combine(repository.Path, "modelops.yaml"), Yaml.Replace("first", "second", StringComparison.Ordinal));

        var diff = await Executable.RunAsync(["diff", "HEAD", "--path", repository.Path], WithoutGit());
        Assert.Equal(("", 0), (diff.Error, diff.ExitCode));
        Assert.Contains("second", diff.Output, StringComparison.Ordinal);
        var lint = await Executable.RunAsync(["lint", repository.Path], WithoutGit());
        Assert.Equal((await Executable.RunAsync(["lint", repository.Path])).Output, lint.Output);
    }

    /// <summary>A PATH that has ssh and a shell, and no git.</summary>
    private Dictionary<string, string> WithoutGit()
    {
        var path = Directory.CreateDirectory(_folder.Combine("path")).FullName;
        foreach (var program in (string[])["ssh", "sh", "env"])
        {
            if (!File.Exists(Path.Combine(path, program)))
                File.CreateSymbolicLink(Path.Combine(path, program), $"/usr/bin/{program}");
        }

        return new Dictionary<string, string> { ["PATH"] = path };
    }

    private static async Task AppliedAsync(Daemon daemon, string commit) => await daemon.WaitAsync(
        $"{commit} is applied", async () => (string?)(await daemon.GetAsync("modelops/v1/status"))["source"]?["applied"] == commit);

    private static async Task<JsonNode> SourceAsync(Daemon daemon) => (await daemon.GetAsync("modelops/v1/status"))["source"]!;

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
