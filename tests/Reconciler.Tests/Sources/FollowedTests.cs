using ModelOps.Reconciler.Sources;
using ModelOps.TestKit;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>What of a repository is followed, and at which address.</summary>
public abstract class FollowedTests : IDisposable
{
    private readonly GitRepository _repository = new();
    private readonly TemporaryFolder _folder = new();

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
        _folder.Dispose();
    }

    [Theory]
    [InlineData("light")]
    [InlineData("annotated")]
    public async Task A_tag_serves_the_commit_that_it_names_and_follows_it_when_it_moves(string tag)
    {
        var first = _repository.Commit("one", ("modelops.yaml", "x"));
        Tag(tag);
        _repository.Commit("two", ("modelops.yaml", "y"));
        var source = await OpenAsync(new SourceOptions { Location = _repository.Path, Tag = tag });

        Assert.Equal(first, await source.FetchNewestAsync(Token));
        Assert.Equal(first, (await source.OpenAsync(first, Token)).Facts.Revision);

        var third = _repository.Commit("three", ("modelops.yaml", "z"));
        Tag(tag);
        Assert.Equal(third, await source.FetchNewestAsync(Token));
    }

    [Fact]
    public async Task A_pinned_commit_is_served_although_no_branch_ends_there()
    {
        var first = _repository.Commit("one", ("modelops.yaml", "x"));
        _repository.Commit("two", ("modelops.yaml", "y"));
        var source = await OpenAsync(new SourceOptions { Location = _repository.Path, Commit = first });

        Assert.Equal(first, await source.FetchNewestAsync(Token));
        Assert.Equal(["modelops.yaml"], (await source.OpenAsync(first, Token)).Files.Keys);
    }

    [Fact]
    public async Task A_pinned_commit_that_is_nowhere_and_choices_that_exclude_each_other_say_so()
    {
        _repository.Commit("one", ("modelops.yaml", "x"));
        var unknown = new string('1', 40);
        var source = await OpenAsync(new SourceOptions { Location = _repository.Path, Commit = unknown });
        Assert.Contains(
            unknown, (await Assert.ThrowsAsync<GitSourceException>(() => source.FetchNewestAsync(Token))).Message, StringComparison.Ordinal);

        await Assert.ThrowsAsync<GitSourceException>(
            () => OpenAsync(new SourceOptions { Location = _repository.Path, Commit = "abc" }));
        await Assert.ThrowsAsync<GitSourceException>(
            () => OpenAsync(new SourceOptions { Location = _repository.Path, Tag = "a", Branch = "b" }));
    }

    [Fact]
    public async Task Another_address_is_asked_when_the_first_does_not_answer_and_one_that_lags_takes_nothing_back()
    {
        _repository.Commit("one", ("modelops.yaml", "x"));
        _repository.Git("clone", "--quiet", "--bare", ".", _folder.Combine("copy.git"));
        var second = _repository.Commit("two", ("modelops.yaml", "y"));
        _repository.Git("clone", "--quiet", "--bare", ".", _folder.Combine("first.git"));
        var source = await OpenAsync(
            new SourceOptions { Location = "file://" + _folder.Combine("first.git"), FurtherLocations = [_folder.Combine("copy.git")] });
        Assert.Equal(second, await source.FetchNewestAsync(Token));

        Directory.Move(_folder.Combine("first.git"), _folder.Combine("gone.git"));
        Assert.Equal(second, await source.FindTipAsync(Token));
        Assert.Equal(_folder.Combine("copy.git"), source.Remote);

        var third = _repository.Commit("three", ("modelops.yaml", "z"));
        _repository.Git("push", "--quiet", _folder.Combine("copy.git"), "main");
        Assert.Equal(third, await source.FetchNewestAsync(Token));

        Directory.Delete(_folder.Combine("copy.git"), recursive: true);
        var error = await Assert.ThrowsAsync<GitSourceException>(() => source.FindTipAsync(Token));
        Assert.Contains("first.git", error.Message, StringComparison.Ordinal);
        Assert.Contains("copy.git", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_spelling_of_the_address_finds_what_was_fetched()
    {
        var commit = _repository.Commit("one", ("modelops.yaml", "x"));
        await (await OpenAsync(new SourceOptions { Location = _repository.Path })).FetchNewestAsync(Token);

        var other = await OpenAsync(new SourceOptions { Location = "file://" + _repository.Path + "/." });

        Assert.Equal(commit, (await other.OpenAsync(commit, Token)).Facts.Revision);
    }

    [Fact]
    public async Task Many_fetches_do_not_leave_a_pack_each()
    {
        var source = await OpenAsync(new SourceOptions { Location = _repository.Path });
        var most = 0;
        for (var count = 0; count < (FuzzTime.Of(TimeSpan.Zero) > TimeSpan.Zero ? 200 : 45); count++)
        {
            _repository.Commit($"commit {count}", ("modelops.yaml", $"{count}"));
            await source.FetchNewestAsync(Token);
            most = Math.Max(most, MirrorFolder.Packs(_folder.Combine("git", "main.git")));
        }

        Assert.InRange(most, 2, 20);
        var tip = await source.FindTipAsync(Token);
        Assert.Equal(["modelops.yaml"], (await source.OpenAsync(tip, Token)).Files.Keys);
        Assert.True(await source.DescendsAsync(tip, _repository.Git("rev-list", "--max-parents=0", "HEAD").Trim(), Token));
    }

    [Fact]
    public async Task A_mirror_that_cannot_be_read_is_an_error_and_no_rewritten_history()
    {
        var first = _repository.Commit("one", ("modelops.yaml", "x"));
        var second = _repository.Commit("two", ("modelops.yaml", "y"));
        var source = await OpenAsync(new SourceOptions { Location = _repository.Path });
        await source.FetchNewestAsync(Token);
        Assert.False(await source.DescendsAsync(second, new string('1', 40), Token));

        Directory.Delete(_folder.Combine("git", "main.git", "objects"), recursive: true);

        await Assert.ThrowsAsync<GitSourceException>(() => source.DescendsAsync(second, first, Token));
    }

    private async Task<IRepositorySource> OpenAsync(SourceOptions options) =>
        await RepositorySources.OpenAsync(_folder.Combine("git"), options with { Git = Git }, TimeProvider.System, Token);

    private void Tag(string name)
    {
        if (name == "light")
            _repository.Git("tag", "--force", name);
        else
            _repository.Git("tag", "--force", "--annotate", "-m", "x", name);
    }
}

public sealed class GitProgramFollowedTests : FollowedTests
{
    protected override GitEngine Git => GitEngine.Program;
}

public sealed class BuiltInGitFollowedTests : FollowedTests
{
    protected override GitEngine Git => Engines.BuiltIn;
}
