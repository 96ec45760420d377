using System.Diagnostics;
using System.Text;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>Trees that git itself would not write: the revision is refused, and what is served goes on. Add a row for another.</summary>
public sealed class GitTreeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("100644", "..")]
    [InlineData("100644", ".")]
    [InlineData("100644", ".git")]
    [InlineData("40000", ".GIT")]
    [InlineData("100644", "git~1")]
    [InlineData("100644", "a/b")]
    [InlineData("120000", "link")]
    [InlineData("160000", "module")]
    [InlineData("100644", "MODELOPS.yaml")]
    public async Task A_revision_with_such_an_entry_is_refused_and_the_one_before_serves(string mode, string name)
    {
        var repository = ModelsRepository.With(_folder.Combine("repo"), """
            apiVersion: modelops/v1alpha1
            kind: ModelSet
            metadata: { name: test }
            spec: { models: [ { name: chat, inline: "FROM ./pico.gguf" } ] }
            """);
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"));
        var good = repository.Head;
        var tree = WriteTree(repository, mode, name);
        var commit = repository.Git("commit-tree", tree, "-p", good, "-m", "x").Trim();
        repository.Git("update-ref", "refs/heads/main", commit);

        var sync = await Executable.RunAsync(["sync", "--timeout", "30", "--host", daemon.Address.ToString()]);

        Assert.NotEqual(0, sync.ExitCode);
        var status = await daemon.GetAsync("modelops/v1/status");
        Assert.Equal(good, (string?)status["source"]!["applied"]);
        Assert.NotEmpty(await daemon.AskAsync("chat", "Why is the sky blue?"));
        Assert.Equal("ok\n", await daemon.Http.GetStringAsync("healthz"));
    }

    /// <summary>The tree of the head with one entry more, in git's order and unchecked.</summary>
    private static string WriteTree(ModelsRepository repository, string mode, string name)
    {
        var blob = repository.Git("rev-parse", mode == "40000" ? "HEAD^{tree}" : "HEAD:modelops.yaml").Trim();
        var entries = repository.Git("ls-tree", "HEAD").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split([' ', '\t'], 4)).Select(parts => (Mode: parts[0], Name: parts[3], Id: parts[2]))
            .Append((Mode: mode, Name: name, Id: blob)).OrderBy(entry => entry.Name, StringComparer.Ordinal);
        var content = entries.SelectMany(
            entry => (byte[])[.. Encoding.ASCII.GetBytes($"{entry.Mode} {entry.Name}\0"), .. Convert.FromHexString(entry.Id)]).ToArray();
        var start = new ProcessStartInfo("git", ["-C", repository.Path, "hash-object", "-t", "tree", "-w", "--literally", "--stdin"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.BaseStream.Write(content);
        process.StandardInput.Close();
        var id = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return id;
    }
}
