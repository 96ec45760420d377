using System.Text;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Tests.Trust;
using ModelOps.Reconciler.Trust;

namespace ModelOps.Reconciler.Tests.Sources;

public sealed class CommitReadingTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly GitRepository _repository = new();

    public void Dispose()
    {
        _repository.Dispose();
        _home.Dispose();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<IRepositorySource> SourceAsync(bool isBuiltIn) => RepositorySources.OpenAsync(
        _home.Combine("git"), new SourceOptions { Location = _repository.Path, Git = isBuiltIn ? Engines.BuiltIn : null },
        TimeProvider.System, Token);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commits_are_read_as_they_were_made_and_a_history_without_what_was_accepted(bool isBuiltIn)
    {
        var first = _repository.Commit("one", ("a", "1"));
        var signed = new CommitMaker
        {
            TreeId = _repository.Git("rev-parse", "HEAD^{tree}").Trim(),
            Parents = [first],
            Message = "Größe\n\n  not tidied \n",
        }.By(SshKeyPair.Ed25519()).Make();
        var second = _repository.WriteObject("commit", signed.Bytes);
        _repository.Git("reset", "--quiet", "--hard", second);
        _repository.Git("switch", "--quiet", "-c", "side", first);
        var side = _repository.Commit("side", ("b", "1"));
        _repository.Git("switch", "--quiet", "main");
        _repository.Git("merge", "--quiet", "--no-ff", "-m", "both", "side");
        var tip = _repository.Git("rev-parse", "HEAD").Trim();
        var source = await SourceAsync(isBuiltIn);
        await source.FetchNewestAsync(Token);

        var all = await source.HistoryAsync(tip, after: null, most: 100, Token);
        var some = await source.HistoryAsync(tip, after: second, most: 100, Token);
        var bytes = await source.CommitsAsync(all, Token);

        Assert.Equal(tip, all[0]);
        Assert.Equal(new[] { first, second, side, tip }.Order(), all.Order());
        Assert.Equal(new[] { side, tip }.Order(), some.Order());
        Assert.Single(await source.HistoryAsync(tip, after: null, most: 1, Token));
        Assert.Equal(signed.Bytes, bytes[all.IndexOf(second)]);
        Assert.All(all.Zip(bytes), pair => Assert.Equal(pair.First, CommitId.Of(pair.Second, 40)));
        Assert.All(all.Zip(bytes), pair => Assert.NotNull(SignedCommitReader.Read(pair.First, pair.Second, out _)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_that_is_no_text_is_read_exactly(bool isBuiltIn)
    {
        _repository.Commit("one", ("a", "1"));
        var tree = _repository.Git("rev-parse", "HEAD^{tree}").Trim();
        byte[] content = [.. Encoding.ASCII.GetBytes($"tree {tree}\nauthor A <a@b> 1700000000 +0000\ncommitter "), 0xE4,
            .. Encoding.ASCII.GetBytes(" <a@b> 1700000000 +0000\n\nx\n")];
        var id = _repository.WriteObject("commit", content);
        _repository.Git("reset", "--quiet", "--hard", id);
        var source = await SourceAsync(isBuiltIn);
        await source.FetchNewestAsync(Token);

        var read = (await source.CommitsAsync([id], Token))[0];

        Assert.Equal(content, read);
    }
}
