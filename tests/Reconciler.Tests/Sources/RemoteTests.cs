using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ModelOps.Reconciler.Sources;
using ModelOps.TestKit.Git;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>Real remotes: git's own http server behind TLS, and a real ssh server.</summary>
public abstract class RemoteTests : IDisposable
{
    private readonly GitRepository _repository = new();
    private readonly TemporaryFolder _folder = new();

    protected abstract GitEngine Git { get; }

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

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

    [Fact]
    public async Task An_https_source_of_a_private_authority_is_served_when_its_certificate_is_named()
    {
        var commit = _repository.Commit("one", ("modelops.yaml", "x"));
        await using var server = Serve();

        var stranger = await Assert.ThrowsAsync<GitSourceException>(
            async () => await TipAsync(new SourceOptions { Location = server.Address("r.git") }));
        Assert.Contains("certificate", stranger.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("--git-ca-file", stranger.Message, StringComparison.Ordinal);
        Assert.Equal(commit, await FetchedAsync(Https(server)));
    }

    [Fact]
    public async Task A_token_is_read_again_for_each_call_from_a_file_or_a_command_and_a_refused_one_is_told()
    {
        var commit = _repository.Commit("one", ("modelops.yaml", "x"));
        await using var server = Serve();
        server.Wanted = Basic("x-access-token:right");
        _folder.Write("token", "wrong\n");
        var source = await OpenAsync(Https(server) with { TokenFile = _folder.Combine("token") });
        var refused = await Assert.ThrowsAsync<GitSourceException>(() => source.FindTipAsync(Token));
        Assert.Equal(SourceFailure.AuthFailed, refused.Failure);
        Assert.Contains($"refuses the token in {_folder.Combine("token")}", refused.Message, StringComparison.Ordinal);

        _folder.Write("token", "right\n");
        Assert.Equal(commit, await source.FindTipAsync(Token));

        server.Wanted = Basic("operator:other");
        Assert.Equal(commit, await FetchedAsync(Https(server) with { TokenCommand = "echo operator:other; echo more" }));

        var none = await Assert.ThrowsAsync<GitSourceException>(async () => await TipAsync(Https(server)));
        Assert.Contains("--git-token-file", none.Message, StringComparison.Ordinal);
        var failing = await Assert.ThrowsAsync<GitSourceException>(
            async () => await TipAsync(Https(server) with { TokenCommand = "echo c4n4ry; echo c4n4ry >&2; exit 3" }));
        Assert.Contains("exit code 3", failing.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c4n4ry", failing.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_has_not_is_missing()
    {
        await using var server = Serve();

        var missing = await Assert.ThrowsAsync<GitSourceException>(
            async () => await TipAsync(Https(server) with { Location = server.Address("none.git") }));

        Assert.Equal(SourceFailure.SourceMissing, missing.Failure);
    }

    [Fact]
    public async Task An_ssh_source_is_served()
    {
        var first = _repository.Commit("one", ("modelops.yaml", "x"));
        using var server = new SshServer(_folder.Path);
        server.Start();
        var source = await OpenAsync(Ssh(server));

        Assert.Equal(first, await source.FetchNewestAsync(Token));
        var second = _repository.Commit("two", ("modelops.yaml", "y"));
        Assert.Equal(second, await source.FetchNewestAsync(Token));
        Assert.True(await source.DescendsAsync(second, first, Token));
    }

    [Fact]
    public async Task Host_keys_that_are_unknown_or_changed_and_a_key_that_is_refused_are_told_apart()
    {
        using var server = new SshServer(_folder.Path);
        server.Start();
        server.MakeKey("other");

        server.Know("other");
        var changed = await Assert.ThrowsAsync<GitSourceException>(async () => await TipAsync(Ssh(server)));
        Assert.Equal(SourceFailure.HostKeyMismatch, changed.Failure);
        Assert.Contains(server.Fingerprint("host"), changed.Message, StringComparison.Ordinal);
        Assert.Contains(server.Fingerprint("other"), changed.Message, StringComparison.Ordinal);

        File.WriteAllText(server.KnownHosts, "");
        var unknown = await Assert.ThrowsAsync<GitSourceException>(async () => await TipAsync(Ssh(server)));
        Assert.Equal(SourceFailure.HostKeyUnknown, unknown.Failure);
        Assert.Contains(server.Fingerprint("host"), unknown.Message, StringComparison.Ordinal);

        server.Know("host");
        var refused = await Assert.ThrowsAsync<GitSourceException>(
            async () => await TipAsync(Ssh(server) with { SshKeyFile = server.Key("other") }));
        Assert.Equal(SourceFailure.AuthFailed, refused.Failure);
    }

    [Fact]
    public async Task A_server_that_is_down_is_told_with_the_address_that_was_tried()
    {
        using var server = new SshServer(_folder.Path);

        var down = await Assert.ThrowsAsync<GitSourceException>(async () => await TipAsync(Ssh(server)));

        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"cannot connect to 127.0.0.1:{server.Port}: Connection refused"), down.Message,
            StringComparison.Ordinal);
        Assert.True(down.IsTransient);
    }

    [Theory]
    [InlineData("ssh://127.0.0.1:PORT/x")]
    [InlineData("https://127.0.0.1:PORT/x")]
    public async Task A_server_that_says_nothing_is_given_up_on_and_nothing_is_left_behind(string address)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var options = new SourceOptions
        {
            Location = address.Replace("PORT", Port(silent), StringComparison.Ordinal),
            GitTimeout = TimeSpan.FromSeconds(2),
        };
        var source = await OpenAsync(options);

        var late = await Assert.ThrowsAsync<GitSourceException>(() => source.FindTipAsync(Token));

        Assert.Equal(SourceFailure.Timeout, late.Failure);

        // A process that was ended is gone a moment later.
        for (var wait = 0; wait < 250 && Left().Any(); wait++)
            await Task.Delay(20, Token);
        Assert.Empty(Left());

        IEnumerable<string> Left() => Directory.EnumerateDirectories("/proc").Select(CommandLine)
            .Where(line => line.Contains(Port(silent), StringComparison.Ordinal) && line.Contains("127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_hangs_up_in_the_middle_is_a_failure_that_may_pass()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accepting = Task.Run(
            async () =>
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync(Token);
                    await client.GetStream().WriteAsync("SSH-2.0-x\r\n"u8.ToArray(), Token);
                }
            },
            Token);

        var error = await Assert.ThrowsAsync<GitSourceException>(
            async () => await TipAsync(new SourceOptions { Location = $"ssh://127.0.0.1:{Port(listener)}/x" }));

        Assert.True(error.IsTransient, error.Message);
        listener.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => accepting);
    }

    protected SourceOptions Https(GitHttpServer server) => new() { Location = server.Address("r.git"), AuthorityFile = server.AuthorityFile };

    protected static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

    protected string Commit() => _repository.Commit("one", ("modelops.yaml", "x"));

    protected GitHttpServer Serve()
    {
        _repository.Git("clone", "--quiet", "--bare", ".", _folder.Combine("remotes", "r.git"));
        return GitHttpServer.Start(_folder.Combine("remotes"), _folder.Path);
    }

    protected string Write(string name, string text)
    {
        _folder.Write(name, text);
        return _folder.Combine(name);
    }

    private protected async Task<IRepositorySource> OpenAsync(SourceOptions options) =>
        await RepositorySources.OpenAsync(_folder.Combine("git"), options with { Git = Git }, TimeProvider.System, Token);

    protected async Task<string> TipAsync(SourceOptions options) => await (await OpenAsync(options)).FindTipAsync(Token);

    protected async Task<string> FetchedAsync(SourceOptions options) => await (await OpenAsync(options)).FetchNewestAsync(Token);

    private SourceOptions Ssh(SshServer server) => new()
    {
        Location = server.Address(_repository.Path),
        SshKeyFile = server.Key("client"),
        KnownHostsFile = server.KnownHosts,
    };

    private static string Port(TcpListener listener) =>
        ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

public sealed class GitProgramRemoteTests : RemoteTests
{
    protected override GitEngine Git => GitEngine.Program;

    [Fact]
    public async Task A_bearer_token_is_shown_as_one()
    {
        var commit = Commit();
        await using var server = Serve();
        (server.Wanted, server.Challenge) = ("Bearer c4n4ry", "Bearer");

        Assert.Equal(commit, await FetchedAsync(Https(server) with { TokenFile = Write("token", "bearer c4n4ry\n") }));
    }
}

public sealed class BuiltInGitRemoteTests : RemoteTests
{
    protected override GitEngine Git => Engines.BuiltIn;

    [Fact]
    public async Task What_only_the_program_can_do_is_refused_with_what_to_do()
    {
        await using var server = Serve();
        var bearer = await Assert.ThrowsAsync<GitSourceException>(
            async () => await TipAsync(Https(server) with { TokenFile = Write("token", "bearer x\n") }));
        Assert.Contains("install git", bearer.Message, StringComparison.Ordinal);
        var certificate = await Assert.ThrowsAsync<GitSourceException>(
            () => OpenAsync(Https(server) with { ClientCertificateFile = server.AuthorityFile }));
        Assert.Contains("install git", certificate.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_with_sha256_ids_is_refused_with_what_to_do()
    {
        using var repository = new GitRepository("sha256");
        repository.Commit("one", ("modelops.yaml", "x"));

        var error = await Assert.ThrowsAsync<GitSourceException>(
            async () => await FetchedAsync(new SourceOptions { Location = repository.Path }));

        Assert.Contains("SHA-256", error.Message, StringComparison.Ordinal);
        Assert.Contains("install git", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shallow_source_is_refused_with_what_to_do()
    {
        using var shallow = new TemporaryFolder();
        using var repository = new GitRepository();
        repository.Commit("one", ("modelops.yaml", "x"));
        repository.Commit("two", ("modelops.yaml", "y"));
        repository.Git("clone", "--quiet", "--bare", "--depth=1", "file://" + repository.Path, shallow.Combine("s.git"));

        var error = await Assert.ThrowsAsync<GitSourceException>(
            async () => await FetchedAsync(new SourceOptions { Location = shallow.Combine("s.git") }));

        Assert.Contains("shallow", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_takes_more_memory_than_is_given_is_an_error_and_not_the_end_of_the_machine()
    {
        using var repository = new GitRepository();
        using (var file = File.Create(Path.Combine(repository.Path, "big.gguf")))
            file.SetLength(400 << 20);
        repository.Commit("one", ("modelops.yaml", "x"));

        var error = await Assert.ThrowsAsync<GitSourceException>(
            async () => await FetchedAsync(
                new SourceOptions { Location = repository.Path, Limits = new SourceLimits { GitMemoryBytes = 350L << 20 } }));

        Assert.Contains("install git", error.Message, StringComparison.Ordinal);
    }
}
