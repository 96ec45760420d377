using System.Text;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>Trees that git itself would not write. Each is refused by its rule, or before it comes here, whichever git reads it.</summary>
public abstract class HostileTreeTests : IDisposable
{
    private readonly GitRepository _repository = new();
    private readonly TemporaryFolder _home = new();

    protected abstract GitEngine Git { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        _repository.Dispose();
        _home.Dispose();
    }

    [Theory]
    [InlineData("100644", "..", "RP1003")]
    [InlineData("100644", ".", "RP1003")]
    [InlineData("100644", ".git", "RP1003")]
    [InlineData("100644", "git~1", "RP1003")]
    [InlineData("100644", ".g\u200cit", "RP1003")]
    [InlineData("100644", "a\\b", "RP1003")]
    [InlineData("100644", "a\nb", "RP1003")]
    [InlineData("100644", "MODELOPS.yaml", "RP1004")]
    [InlineData("120000", "link", "RP1001")]
    [InlineData("160000", "module", "RP1002")]
    public async Task An_entry_that_could_lead_elsewhere_is_refused_by_its_rule(string mode, string name, string code)
    {
        var blob = _repository.WriteObject("blob", Encoding.UTF8.GetBytes("/etc/passwd"));
        var commit = Commit(
            [(mode, Encoding.UTF8.GetBytes(name), blob), ("100644", "modelops.yaml"u8.ToArray(), blob)]);

        await AssertRefusedAsync(commit, code);
    }

    [Fact]
    public async Task A_name_that_is_no_text_is_refused_by_its_rule()
    {
        var blob = _repository.WriteObject("blob", [1]);

        await AssertRefusedAsync(Commit([("100644", [(byte)'a', 0xFF], blob), ("100644", "modelops.yaml"u8.ToArray(), blob)]), "RP1003");
    }

    [Fact]
    public async Task A_hundred_thousand_files_are_one_finding()
    {
        var blob = _repository.WriteObject("blob", [1]);
        var commit = Commit([.. Enumerable.Range(0, 100_000).Select(number => ("100644", Encoding.ASCII.GetBytes($"f{number:D6}"), blob))]);

        await AssertRefusedAsync(commit, "RP1006");
    }

    [Fact]
    public async Task A_tree_that_unfolds_without_end_is_given_up_on()
    {
        var tree = Tree([("100644", "f"u8.ToArray(), _repository.WriteObject("blob", [1]))]);
        for (var level = 0; level < 12; level++)
            tree = Tree([.. Enumerable.Range(0, 10).Select(number => ("40000", Encoding.ASCII.GetBytes($"d{number}"), tree))]);
        var source = await OpenAsync();
        var commit = await source.FetchAsync(Head(tree), Token);

        var error = await Assert.ThrowsAsync<GitSourceException>(() => source.OpenAsync(commit, Token));

        Assert.Equal(SourceFailure.SourceInvalid, error.Failure);
    }

    [Fact]
    public async Task Folders_that_are_nested_without_end_are_refused()
    {
        var tree = Tree([("100644", "f"u8.ToArray(), _repository.WriteObject("blob", [1]))]);
        for (var level = 0; level < 600; level++)
            tree = Tree([("40000", "deep"u8.ToArray(), tree)]);

        await AssertRefusedAsync(Head(tree), "RP1003");
    }

    private async Task AssertRefusedAsync(string commit, string code)
    {
        var source = await OpenAsync();
        try
        {
            var tree = await source.OpenAsync(await source.FetchAsync(commit, Token), Token);
            Assert.Contains(code, tree.Problems.Select(problem => problem.Code));
            Assert.DoesNotContain(tree.Files.Keys, path => path is not "modelops.yaml" && !path.StartsWith('f') && path != "MODELOPS.yaml");
        }
        catch (GitSourceException refused)
        {
            // git's own look at objects, or its limit of nesting, came first.
            Assert.True(refused.Failure is SourceFailure.SourceInvalid or SourceFailure.FetchFailed, refused.Message);
            Assert.False(Git.IsBuiltIn, refused.Message);
        }
    }

    private string Commit((string Mode, byte[] Name, string Id)[] entries) => Head(Tree(entries));

    private string Head(string tree)
    {
        var commit = _repository.Git("commit-tree", tree, "-m", "x").Trim();
        _repository.Git("update-ref", "refs/heads/main", commit);
        return commit;
    }

    private string Tree((string Mode, byte[] Name, string Id)[] entries) => _repository.WriteObject(
        "tree",
        [
            .. entries.OrderBy(entry => Encoding.Latin1.GetString(entry.Name), StringComparer.Ordinal).SelectMany(
                entry => (byte[])
                [
                    .. Encoding.ASCII.GetBytes(entry.Mode + " "), .. entry.Name, 0, .. Convert.FromHexString(entry.Id),
                ]),
        ]);

    private async Task<IRepositorySource> OpenAsync() => await RepositorySources.OpenAsync(
        _home.Combine("git"), new SourceOptions { Location = _repository.Path, Git = Git }, TimeProvider.System, Token);
}

public sealed class GitProgramHostileTreeTests : HostileTreeTests
{
    protected override GitEngine Git => GitEngine.Program;
}

public sealed class BuiltInGitHostileTreeTests : HostileTreeTests
{
    protected override GitEngine Git => Engines.BuiltIn;
}
