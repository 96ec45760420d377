using System.Globalization;
using System.Text;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>Histories with objects that no git of today writes.</summary>
public sealed class GitObjectFaultTests : IDisposable
{
    private readonly GitRepository _repository = new();
    private readonly TemporaryFolder _home = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _repository.Dispose();
        _home.Dispose();
    }

    [Theory]
    [InlineData("author A <a@x> 1 +051800", "committer A <a@x> 1 +0000")]
    [InlineData("author A <a@x> 1 +0000", "committer A <a@x> 1 -7")]
    [InlineData("author <a@x> 1 +0000", "committer A <a@x> 1 +0000")]
    [InlineData("author A<a@x> 1 +0000", "committer A <a@x> 1 +0000")]
    [InlineData("author A <a@x>1 +0000", "committer A <a@x> 1 +0000")]
    [InlineData("author A <a@x> 0001 +0000", "committer A <a@x> 0001 +0000")]
    [InlineData("author A <a<b@x> 1 +0000", "committer A <a@x> 1 +0000")]
    [InlineData("author A 1 +0000", "committer A <a@x> 1 +0000")]
    [InlineData("author A <a@x> 99999999999999999999 +0000", "committer A <a@x> 99999999999999999999 +0000")]
    [InlineData("author A <a@x> 1 +0000\nauthor B <b@x> 1 +0000", "committer A <a@x> 1 +0000")]
    [InlineData("author A <a@x> x +0000", "committer A <a@x> x +0000")]
    public async Task Old_commits_with_odd_names_dates_and_zones_are_served_and_so_is_what_follows_them(string author, string committer)
    {
        _repository.Commit("tree", ("modelops.yaml", "x"));
        var odd = Commit(_repository.Git("rev-parse", "HEAD^{tree}").Trim(), author, committer);
        _repository.Git("update-ref", "refs/heads/main", odd);
        Assert.Equal("x", await ReadAsync(odd));

        var next = _repository.Commit("next", ("modelops.yaml", "y"));
        Assert.Equal("y", await ReadAsync(next));
    }

    [Theory]
    [InlineData("0100644 modelops.yaml")]
    [InlineData("100664 modelops.yaml")]
    public async Task Old_trees_with_padded_and_odd_modes_are_served(string entry)
    {
        var tree = Tree(entry, "x");
        var commit = Commit(tree, "author A <a@x> 1 +0000", "committer A <a@x> 1 +0000");
        _repository.Git("update-ref", "refs/heads/main", commit);

        Assert.Equal("x", await ReadAsync(commit));
    }

    [Theory]
    [InlineData("253402300800", 9999)]
    [InlineData("9223372036854775807", 9999)]
    [InlineData("0", 1970)]
    public async Task Dates_beyond_the_calendar_are_shown_as_its_last_day(string seconds, int year)
    {
        _repository.Commit("tree", ("modelops.yaml", "x"));
        var commit = Commit(
            _repository.Git("rev-parse", "HEAD^{tree}").Trim(), $"author A <a@x> {seconds} +0000", $"committer A <a@x> {seconds} +0000");
        _repository.Git("update-ref", "refs/heads/main", commit);
        var source = await OpenAsync();
        var tree = await source.OpenAsync(await source.FetchNewestAsync(Token), Token);

        // git itself takes what it cannot count for the beginning of time.
        Assert.Contains(tree.Facts.CommittedAt!.Value.Year, new[] { year, 1970 });
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("x", null)]
    [InlineData("-99999999999999999999999999", "0001-01-02")]
    [InlineData("-1", "1969-12-31")]
    [InlineData("253402300800", "9999-12-30")]
    [InlineData("18446744073709551615", "9999-12-30")]
    public void Every_text_in_the_place_of_a_date_is_a_date_or_none(string text, string? date) =>
        Assert.Equal(date, CommitDates.Parse(text)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("40000 .git", "hasDotgit")]
    [InlineData("100644 .GIT", "hasDotgit")]
    [InlineData("100644 git~1", "hasDotgit")]
    [InlineData("100644 .g\u200cit", "hasDotgit")]
    [InlineData("100644 .git ", "hasDotgit")]
    [InlineData("100644 ..", "hasDotdot")]
    [InlineData("100644 .", "hasDot")]
    [InlineData("100644 a/b", "fullPathname")]
    [InlineData("120000 .gitmodules", "gitmodulesSymlink")]
    public async Task A_tree_that_could_reach_out_of_its_folder_is_refused_with_its_object_its_kind_and_the_setting(
        string entry, string kind)
    {
        var tree = Tree(entry, "x");
        _repository.Git("update-ref", "refs/heads/main", Commit(tree, "author A <a@x> 1 +0000", "committer A <a@x> 1 +0000"));

        var error = await Assert.ThrowsAsync<GitSourceException>(() => ReadAsync(_repository.Git("rev-parse", "main").Trim()));

        Assert.Equal(SourceFailure.SourceInvalid, error.Failure);
        Assert.False(error.IsTransient);
        Assert.Contains(kind, error.Message, StringComparison.Ordinal);
        Assert.Contains($"--allow-git-fault {kind}", error.Message, StringComparison.Ordinal);
        Assert.Matches("[0-9a-f]{40}", error.Message);
    }

    [Fact]
    public async Task A_fault_that_the_operator_allows_is_let_pass_and_the_path_itself_stays_refused()
    {
        var tree = Tree("100644 git~1", "x");
        _repository.Git("update-ref", "refs/heads/main", Commit(tree, "author A <a@x> 1 +0000", "committer A <a@x> 1 +0000"));
        var source = await OpenAsync("hasDotgit");

        var opened = await source.OpenAsync(await source.FetchNewestAsync(Token), Token);

        Assert.Equal("RP1003", Assert.Single(opened.Problems).Code);
        Assert.Empty(opened.Files);
    }

    [Theory]
    [InlineData("x = y\n[core]")]
    [InlineData("")]
    [InlineData("a b")]
    public void What_is_no_name_of_a_fault_never_reaches_the_configuration_of_git(string kind) =>
        Assert.DoesNotContain("[core]", GitObjectFaults.Configuration([kind]), StringComparison.Ordinal);

    private string Tree(string entry, string text)
    {
        var content = entry.StartsWith("40000 ", StringComparison.Ordinal)
            ? _repository.WriteObject("tree", Entry("100644 a", _repository.WriteObject("blob", Encoding.UTF8.GetBytes(text))))
            : _repository.WriteObject("blob", Encoding.UTF8.GetBytes(text));
        return _repository.WriteObject("tree", Entry(entry, content));
    }

    private static byte[] Entry(string entry, string id) => [.. Encoding.UTF8.GetBytes(entry), 0, .. Convert.FromHexString(id)];

    private string Commit(string tree, string author, string committer) =>
        _repository.WriteObject("commit", Encoding.UTF8.GetBytes($"tree {tree}\n{author}\n{committer}\n\nodd\n"));

    private async Task<string> ReadAsync(string expected)
    {
        var source = await OpenAsync();
        Assert.Equal(expected, await source.FetchNewestAsync(Token));
        var tree = await source.OpenAsync(expected, Token);
        return Encoding.UTF8.GetString((await tree.ReadAsync([tree.Files["modelops.yaml"]], Token))[0]);
    }

    private Task<IRepositorySource> OpenAsync(params string[] allowed) => RepositorySources.OpenAsync(
        _home.Combine("git"), new SourceOptions { Location = _repository.Path, AllowedGitFaults = [.. allowed] }, TimeProvider.System,
        Token);
}
