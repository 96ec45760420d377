using System.Text;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>What a source of git does, whichever git it is.</summary>
public abstract class GitSourceTests : IDisposable
{
    private readonly GitRepository _repository = new();
    private readonly TemporaryFolder _home = new();

    /// <summary>Who answers git's verbs.</summary>
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

    [Fact]
    public async Task A_work_tree_serves_its_head_and_not_its_uncommitted_files()
    {
        var commit = _repository.Commit("one", ("modelops.yaml", "committed"));
        File.WriteAllText(Path.Combine(_repository.Path, "modelops.yaml"), "edited");

        var source = await OpenAsync(_repository.Path);

        Assert.Equal(commit, await source.FetchNewestAsync(Token));
        Assert.Equal("committed", await ReadAsync(source, commit, "modelops.yaml"));
    }

    [Fact]
    public async Task A_folder_inside_a_work_tree_serves_that_folder_of_head()
    {
        var commit = _repository.Commit("one", ("sets/demo/modelops.yaml", "demo"), ("other.txt", "x"));

        var source = await OpenAsync(Path.Combine(_repository.Path, "sets", "demo"));
        var tree = await source.OpenAsync(await source.FetchNewestAsync(Token), Token);

        Assert.Equal("sets/demo/", tree.Prefix);
        Assert.Equal(["modelops.yaml"], tree.Files.Keys);
        Assert.Equal(commit, tree.Facts.Revision);
        Assert.Equal("Operator", tree.Facts.Author);
        Assert.Equal("one", tree.Facts.Subject);
    }

    [Fact]
    public async Task A_bare_repository_and_a_file_address_serve_their_head()
    {
        var commit = _repository.Commit("one", ("a/modelops.yaml", "x"));
        using var bare = new TemporaryFolder();
        _repository.Git("clone", "--quiet", "--bare", ".", bare.Combine("models.git"));

        foreach (var location in new[] { bare.Combine("models.git"), "file://" + bare.Combine("models.git") })
        {
            var source = await OpenAsync(location, path: "a");
            Assert.Equal(commit, await source.FetchNewestAsync(Token));
            Assert.Equal("x", await ReadAsync(source, commit, "modelops.yaml"));
        }
    }

    [Fact]
    public async Task A_linked_work_tree_serves_its_own_head()
    {
        _repository.Commit("one", ("modelops.yaml", "main"));
        using var other = new TemporaryFolder();
        _repository.Git("worktree", "add", "--quiet", "-b", "side", other.Combine("side"));
        File.WriteAllText(other.Combine("side", "modelops.yaml"), "side");
        _repository.Git("-C", other.Combine("side"), "commit", "--quiet", "-am", "two");

        var source = await OpenAsync(other.Combine("side"));

        Assert.Equal("side", await ReadAsync(source, await source.FetchNewestAsync(Token), "modelops.yaml"));
    }

    [Fact]
    public async Task A_branch_is_followed_when_one_is_named()
    {
        _repository.Commit("one", ("modelops.yaml", "main"));
        _repository.Git("switch", "--quiet", "-c", "next");
        _repository.Commit("two", ("modelops.yaml", "next"));
        _repository.Git("switch", "--quiet", "main");

        var source = await OpenAsync(_repository.Path, branch: "next");

        Assert.Equal("next", await ReadAsync(source, await source.FetchNewestAsync(Token), "modelops.yaml"));
    }

    [Fact]
    public async Task A_new_commit_descends_from_the_one_before_and_a_rewritten_one_does_not()
    {
        var first = _repository.Commit("one", ("modelops.yaml", "1"));
        var second = _repository.Commit("two", ("modelops.yaml", "2"));
        var source = await OpenAsync(_repository.Path);
        await source.FetchNewestAsync(Token);
        _repository.Git("reset", "--quiet", "--hard", first);
        var rewritten = _repository.Commit("three", ("modelops.yaml", "3"));

        Assert.Equal(rewritten, await source.FetchNewestAsync(Token));
        Assert.True(await source.DescendsAsync(second, first, Token));
        Assert.False(await source.DescendsAsync(rewritten, second, Token));
    }

    [Fact]
    public async Task A_fetched_revision_is_readable_without_the_remote()
    {
        var commit = _repository.Commit("one", ("modelops.yaml", "x"));
        using var bare = new TemporaryFolder();
        _repository.Git("clone", "--quiet", "--bare", ".", bare.Combine("models.git"));
        var address = "file://" + bare.Combine("models.git");
        await (await OpenAsync(address)).FetchNewestAsync(Token);
        Directory.Delete(bare.Combine("models.git"), recursive: true);

        var source = await OpenAsync(address);

        Assert.Equal("x", await ReadAsync(source, commit, "modelops.yaml"));
        var error = await Assert.ThrowsAsync<GitSourceException>(() => source.FindTipAsync(Token));
        Assert.Equal(SourceFailure.SourceMissing, error.Failure);
    }

    [Fact]
    public async Task Large_content_streams_from_the_object_store()
    {
        var text = string.Concat(Enumerable.Repeat("0123456789abcdef", 300_000));
        var commit = _repository.Commit("one", ("weights/big.gguf", text));
        var source = await OpenAsync(_repository.Path);
        await source.FetchNewestAsync(Token);
        var tree = await source.OpenAsync(commit, Token);

        long length = 0;
        await tree.StreamAsync(
            tree.Files["weights/big.gguf"],
            async (content, token) =>
            {
                var copy = new MemoryStream();
                await content.CopyToAsync(copy, token);
                length = copy.Length;
            },
            Token);

        Assert.Equal(text.Length, length);
    }

    [Fact]
    public async Task Symbolic_links_and_submodules_are_reported_and_never_read()
    {
        File.CreateSymbolicLink(Path.Combine(_repository.Path, "link"), "/etc/passwd");
        _repository.Commit("one", ("modelops.yaml", "x"));
        _repository.Git("update-index", "--add", "--cacheinfo", "160000,0123456789012345678901234567890123456789,sub");
        var commit = _repository.CommitIndex("two");
        var source = await OpenAsync(_repository.Path);
        await source.FetchNewestAsync(Token);

        var tree = await source.OpenAsync(commit, Token);

        Assert.Equal(["RP1001", "RP1002"], tree.Problems.Select(problem => problem.Code));
        Assert.Equal(["modelops.yaml"], tree.Files.Keys);
    }

    [Fact]
    public async Task Names_that_differ_only_in_case_are_reported()
    {
        var commit = _repository.Commit("one", ("models/a/Modelfile", "x"), ("Models/b/Modelfile", "y"));
        var source = await OpenAsync(_repository.Path);
        await source.FetchNewestAsync(Token);

        var problem = Assert.Single((await source.OpenAsync(commit, Token)).Problems);

        Assert.Equal("RP1004", problem.Code);
        Assert.Equal("models/a/Modelfile", problem.File);
    }

    [Fact]
    public async Task Hooks_and_settings_of_the_source_are_not_run()
    {
        var commit = _repository.Commit("one", ("modelops.yaml", "x"));
        _repository.Git("config", "core.fsmonitor", "touch " + _home.Combine("ran"));
        _repository.Git("config", "uploadpack.packObjectsHook", "touch " + _home.Combine("ran"));

        var source = await OpenAsync(_repository.Path);

        Assert.Equal(commit, await source.FetchNewestAsync(Token));
        Assert.False(File.Exists(_home.Combine("ran")));
    }

    [Theory]
    [InlineData("http://example.com/models.git", SourceFailure.SourceInvalid)]
    [InlineData("ext::sh -c id", SourceFailure.SourceMissing)]
    [InlineData("--upload-pack=id", SourceFailure.SourceInvalid)]
    [InlineData("https://user:secret@example.com/models.git", SourceFailure.SourceInvalid)]
    [InlineData("/no/such/folder", SourceFailure.SourceMissing)]
    public async Task A_location_that_is_not_accepted_is_refused_without_running_anything(string location, SourceFailure failure)
    {
        var error = await Assert.ThrowsAsync<GitSourceException>(() => OpenAsync(location));

        Assert.Equal(failure, error.Failure);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-x")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("x.lock")]
    public async Task A_branch_name_that_git_would_not_take_is_refused(string branch) =>
        await Assert.ThrowsAsync<GitSourceException>(() => OpenAsync(_repository.Path, branch));

    [Fact]
    public async Task A_missing_branch_and_an_empty_repository_say_so()
    {
        var empty = await OpenAsync(_repository.Path);
        Assert.Contains(
            "no commit yet", (await Assert.ThrowsAsync<GitSourceException>(() => empty.FetchNewestAsync(Token))).Message,
            StringComparison.Ordinal);

        _repository.Commit("one", ("modelops.yaml", "x"));
        var missing = await OpenAsync(_repository.Path, branch: "nope");
        Assert.Contains(
            "no branch nope", (await Assert.ThrowsAsync<GitSourceException>(() => missing.FetchNewestAsync(Token))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_folder_needs_to_be_asked_for()
    {
        using var folder = new TemporaryFolder();
        folder.Write("modelops.yaml", "x");

        var error = await Assert.ThrowsAsync<GitSourceException>(() => OpenAsync(folder.Path));

        Assert.Contains("--working-tree", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_folder_is_a_source_whose_revision_is_the_digest_of_its_files()
    {
        using var folder = new TemporaryFolder();
        folder.Write("modelops.yaml", "x");
        var source = await OpenAsync(folder.Path, workingTree: true);
        var first = await source.FetchNewestAsync(Token);
        folder.Write("models/a/Modelfile", "FROM b");
        var second = await source.FetchNewestAsync(Token);
        File.Delete(folder.Combine("models", "a", "Modelfile"));

        Assert.NotEqual(first, second);
        Assert.Equal(first, await source.FetchNewestAsync(Token));
        Assert.Equal("x", await ReadAsync(source, first, "modelops.yaml"));
    }

    private async Task<IRepositorySource> OpenAsync(string location, string? branch = null, string path = "", bool workingTree = false) =>
        await RepositorySources.OpenAsync(
            _home.Combine("git"),
            new SourceOptions { Location = location, Branch = branch, Path = path, WorkingTree = workingTree, Git = Git },
            TimeProvider.System,
            Token);

    private static async Task<string> ReadAsync(IRepositorySource source, string revision, string path)
    {
        var tree = await source.OpenAsync(revision, Token);
        return Encoding.UTF8.GetString(Assert.Single(await tree.ReadAsync([tree.Files[path]], Token)));
    }
}

public sealed class GitProgramSourceTests : GitSourceTests
{
    protected override GitEngine Git => GitEngine.Program;

    [Fact]
    public async Task A_repository_with_sha256_ids_is_read_too()
    {
        using var repository = new GitRepository("sha256");
        using var home = new TemporaryFolder();
        var commit = repository.Commit("one", ("modelops.yaml", "x"));

        var source = await RepositorySources.OpenAsync(
            home.Combine("git"), new SourceOptions { Location = repository.Path, Git = Git }, TimeProvider.System,
            TestContext.Current.CancellationToken);

        Assert.Equal(64, (await source.FetchNewestAsync(TestContext.Current.CancellationToken)).Length);
        Assert.Equal(commit, (await source.OpenAsync(commit, TestContext.Current.CancellationToken)).Facts.Revision);
    }
}

public sealed class BuiltInGitSourceTests : GitSourceTests
{
    protected override GitEngine Git => Engines.BuiltIn;
}
