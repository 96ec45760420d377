using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>No spelling of a credential in an address gets anywhere.</summary>
public sealed class SourceCredentialTests : IDisposable
{
    private const string Canary = "c4n4ry";

    private readonly TemporaryFolder _home = new();

    public static TheoryData<string> Spellings =>
    [
        $"https://{Canary}@host.invalid/x.git", $"https://user:{Canary}@host.invalid/x.git", $"https://{Canary}:@host.invalid/x.git",
        $"https://:{Canary}@host.invalid/x.git",
        $"https://user:a/{Canary}@host.invalid/x.git", $"https://user:12/{Canary}@host.invalid/x.git",
        $"https://user:a@{Canary}@host.invalid/x.git", $"https://user:{Canary}%40@host.invalid/x.git",
        $"https://host.invalid/x.git?token={Canary}", $"https://host.invalid/x.git?access_token={Canary}",
        $"https://host.invalid?private_token={Canary}", $"https://host.invalid/x.git#{Canary}", $"https://host.invalid#{Canary}",
        $"HTTPS://{Canary}@host.invalid/x.git", $"http://{Canary}@host.invalid/x.git", $"http://host.invalid/x.git?token={Canary}",
        $"git://{Canary}@host.invalid/x.git", $"https:/{Canary}@host.invalid/x.git", $"https:{Canary}@host.invalid/x.git",
        $"ssh://git:{Canary}@host.invalid/x.git", $"ssh://host.invalid/x.git?token={Canary}", $"git:{Canary}@host.invalid:x.git",
        $"{Canary}@host.invalid/x.git", $"https://{Canary} x@host.invalid/x.git", $"https://{Canary}@", $"https://u:{Canary}@[::1/x.git",
        $"file://{Canary}@host.invalid/x.git", $"ext::https://u:{Canary}@host.invalid",
    ];

    public void Dispose() => _home.Dispose();

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task An_address_with_a_credential_is_refused_without_showing_it(string location)
    {
        var error = await Assert.ThrowsAsync<GitSourceException>(
            () => RepositorySources.OpenAsync(
                _home.Combine("git"), new SourceOptions { Location = location }, TimeProvider.System,
                TestContext.Current.CancellationToken));

        Assert.DoesNotContain(Canary, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, error.Location, StringComparison.Ordinal);
        Assert.All(
            Directory.EnumerateFiles(_home.Path, "*", SearchOption.AllDirectories),
            file => Assert.DoesNotContain(Canary, File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_refusal_names_the_way_that_there_is()
    {
        var error = await Assert.ThrowsAsync<GitSourceException>(
            () => RepositorySources.OpenAsync(
                _home.Combine("git"), new SourceOptions { Location = $"https://{Canary}@host.invalid/x.git" }, TimeProvider.System,
                TestContext.Current.CancellationToken));

        Assert.Contains("--git-token-file", error.Message, StringComparison.Ordinal);
        Assert.Contains("https://***@host.invalid/x.git", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fatal: unable to access 'https://u:c4n4ry@host/x.git/': The requested URL returned error: 500")]
    [InlineData("fatal: unable to access 'https://host/x.git?token=c4n4ry/info/refs': timed out")]
    [InlineData("remote: see https://host/login#c4n4ry for more\nfatal: no")]
    [InlineData("fatal: https://a:b@c4n4ry@host/x.git says no")]
    public void What_git_prints_is_told_without_credentials(string output) =>
        Assert.DoesNotContain(Canary, GitErrorText.Explain(output, new SourceOptions { Location = "x" }).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("ssh://git@host.invalid:2222/srv/x.git")]
    [InlineData("git@host.invalid:x.git")]
    [InlineData("host.invalid:x/y.git")]
    [InlineData("https://host.invalid:8443/~me/x.git")]
    [InlineData("file:///srv/x@y.git")]
    public async Task Plain_addresses_are_taken(string location) =>
        Assert.NotNull(
            await RepositorySources.OpenAsync(
                _home.Combine("git"), new SourceOptions { Location = location }, TimeProvider.System,
                TestContext.Current.CancellationToken));

    [Theory]
    [InlineData("/no/such/file", "https://host.invalid/x.git", "cannot be read")]
    [InlineData("empty", "https://host.invalid/x.git", "holds no token")]
    [InlineData("token", "git@host.invalid:x.git", "for https://")]
    public async Task A_token_file_that_cannot_work_is_refused_at_the_start(string file, string location, string reason)
    {
        _home.Write("empty", "\n");
        _home.Write("token", Canary);
        var error = await Assert.ThrowsAsync<GitSourceException>(() => RepositorySources.OpenAsync(
            _home.Combine("git"), new SourceOptions { Location = location, TokenFile = _home.Combine(file) }, TimeProvider.System,
            TestContext.Current.CancellationToken));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
