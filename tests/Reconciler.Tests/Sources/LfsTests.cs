using System.Security.Cryptography;
using System.Text;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Registry;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Diff;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Sources.Lfs;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Tests.Reconciling;
using ModelOps.TestKit.Git;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>Pointers of git LFS are what they stand for, whichever git reads them, and no git-lfs program is needed.</summary>
public sealed class LfsTests : IAsyncDisposable
{
    private const string Token = "canary-7d1f";

    private readonly GitRepository _work = new();
    private readonly TemporaryFolder _folder = new();
    private readonly GitHttpServer _server;
    private readonly LfsHost _lfs = new();
    private readonly LocalStore _store;
    private readonly StateDatabase _database;
    private readonly RegistryClient _client;
    private GitEngine _git = GitEngine.Program;
    private readonly byte[] _weights = RandomNumberGenerator.GetBytes(700_000);

    public LfsTests()
    {
        Directory.CreateDirectory(_folder.Combine("repositories"));
        _server = GitHttpServer.Start(_folder.Combine("repositories"), _folder.Path);
        _server.Lfs = _lfs;

        // The file of the authority is written by every server that is started.
        File.Copy(_server.AuthorityFile, _folder.Combine("own.pem"));
        _store = LocalStore.Open(_folder.Combine("store"), TimeProvider.System);
        _database = StateDatabase.Open(_folder.Combine("state.db"));
        _client = new RegistryClient(
            _store,
            new RegistryOptions { FirstPause = TimeSpan.FromMilliseconds(5), Attempts = 3, SmallestPart = 300_000, Parallel = 1 },
            TimeProvider.System);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Bare => _folder.Combine("repositories", "models.git");

    private string[] Blobs => [.. Directory.GetFiles(_store.Blobs.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _client.Dispose();
        _database.Dispose();
        _work.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pointer_of_an_https_source_becomes_a_blob_of_the_store(bool isBuiltIn)
    {
        _git = isBuiltIn ? Engines.BuiltIn : GitEngine.Program;
        Publish(_lfs.Add(_weights));

        Assert.Equal(Digest.Of(_weights), await FetchAsync(Https()));

        Assert.Equal(_weights, _store.Blobs.Read(Digest.Of(_weights)));
        Assert.Single(Blobs);
        Assert.Equal(_weights.Length, _lfs.Sent);
        Assert.StartsWith("POST /models.git/info/lfs/objects/batch", _lfs.Requests.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_in_the_store_is_not_fetched()
    {
        Publish(_lfs.Add(_weights));
        _store.Blobs.Write(_weights);

        Assert.Equal(Digest.Of(_weights), await FetchAsync(Https()));

        Assert.Empty(_lfs.Requests);
    }

    [Fact]
    public async Task A_connection_that_breaks_costs_only_what_was_not_there_yet()
    {
        Publish(_lfs.Add(_weights));
        (_lfs.Breaks, _lfs.BreakAfter) = (2, 100_000);

        Assert.Equal(Digest.Of(_weights), await FetchAsync(Https()));

        Assert.Equal(_weights.Length, _lfs.Sent);
        Assert.Contains(_lfs.Requests, request => request.Contains("bytes=100000-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_later_attempt_goes_on_where_the_last_one_ended()
    {
        Publish(_lfs.Add(_weights));
        (_lfs.Breaks, _lfs.BreakAfter) = (1, 100_000);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var first = FetchAsync(Https(), gone.Token);
        while (_lfs.Sent < 100_000)
            await Task.Delay(5, Stop);
        _lfs.Breaks = 0;
        await gone.CancelAsync();
        try
        {
            await first;
        }
        catch (OperationCanceledException)
        {
            // That is what was asked for; had it been faster, nothing would be left to fetch.
        }

        Assert.Equal(Digest.Of(_weights), await FetchAsync(Https()));
        Assert.True(_lfs.Sent < (2 * _weights.Length) - 100_000, $"{_lfs.Sent} bytes were sent");
    }

    [Fact]
    public async Task A_server_without_ranges_is_read_from_the_beginning()
    {
        Publish(_lfs.Add(_weights));
        (_lfs.KnowsRanges, _lfs.Breaks, _lfs.BreakAfter) = (false, 1, 100_000);

        Assert.Equal(Digest.Of(_weights), await FetchAsync(Https()));
    }

    [Fact]
    public async Task Another_content_is_refused_with_the_file_and_nothing_stays()
    {
        Publish(_lfs.Add(_weights));
        _lfs.Damages = true;

        var error = await Assert.ThrowsAsync<StoreException>(() => FetchAsync(Https()));

        Assert.IsType<StoreFailure.OtherContent>(error.Failure);
        Assert.StartsWith("w.gguf: the LFS server at 127.0.0.1:", error.Message, StringComparison.Ordinal);
        Assert.Contains("with git lfs push", error.Message, StringComparison.Ordinal);
        Assert.Empty(Blobs);
    }

    [Fact]
    public async Task A_content_of_another_size_is_refused()
    {
        var hex = Convert.ToHexStringLower(SHA256.HashData(_weights));
        _lfs.Add(_weights);
        Publish(LfsHost.Pointer(hex, _weights.Length - 1));

        var error = await Assert.ThrowsAsync<GitSourceException>(() => FetchAsync(Https()));

        Assert.Contains("699999 were announced", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_the_server_does_not_have_is_told_with_what_to_do()
    {
        Publish(LfsHost.Pointer(new string('a', 64), 5));

        var error = await Assert.ThrowsAsync<GitSourceException>(() => FetchAsync(Https()));

        Assert.Contains("w.gguf lies in git LFS", error.Message, StringComparison.Ordinal);
        Assert.Contains("not have sha256:aaaaaaaaaaaa (5 bytes) (404: Object does not exist)", error.Message, StringComparison.Ordinal);
        Assert.Contains("aaaa with git lfs push", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_LFS_is_told_apart()
    {
        Publish(_lfs.Add(_weights));
        _server.Lfs = null;

        var error = await Assert.ThrowsAsync<GitSourceException>(() => FetchAsync(Https()));

        Assert.Contains("no LFS server answers there (HTTP 4", error.Message, StringComparison.Ordinal);
        Assert.Contains(".lfsconfig", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer handed-out")]
    public async Task The_token_of_the_source_opens_its_LFS_server_and_what_that_hands_out_opens_the_download(string? handed)
    {
        Publish(_lfs.Add(_weights));
        _server.Wanted = _lfs.Wanted = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("me:" + Token));
        _lfs.Handed = handed;

        Assert.Equal(Digest.Of(_weights), await FetchAsync(Https() with { TokenFile = TokenFile("me:" + Token) }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refused_token_is_named_by_its_file_and_never_shown(bool isBuiltIn)
    {
        _git = isBuiltIn ? Engines.BuiltIn : GitEngine.Program;
        Publish(_lfs.Add(_weights));
        _lfs.Wanted = "Basic else";
        var file = TokenFile("me:" + Token);

        var error = await Assert.ThrowsAsync<GitSourceException>(() => FetchAsync(Https() with { TokenFile = file }));

        Assert.Contains($"HTTP 401); the token in {file} may have ended", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_repository_may_name_another_LFS_server_which_never_sees_the_token(bool isBuiltIn)
    {
        _git = isBuiltIn ? Engines.BuiltIn : GitEngine.Program;
        var pointer = _lfs.Add(_weights);
        await using var other = GitHttpServer.Start(_folder.Combine("repositories"), _folder.Path);
        other.Lfs = _lfs;
        _server.Lfs = null;
        Publish(pointer, ("a", "x"), (".lfsconfig", $"[lfs]\n\turl = {other.Address("elsewhere.git/info/lfs")}\n"));
        _server.Wanted = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("me:" + Token));
        var bundle = _folder.Combine("both.pem");
        File.WriteAllText(bundle, $"{File.ReadAllText(_folder.Combine("own.pem"))}\n{File.ReadAllText(other.AuthorityFile)}");

        await FetchAsync(Https() with { TokenFile = TokenFile("me:" + Token), AuthorityFile = bundle });

        Assert.All(_lfs.Requests, request => Assert.DoesNotContain("Basic", request, StringComparison.Ordinal));
        Assert.StartsWith("POST /elsewhere.git/info/lfs/", _lfs.Requests.First(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://10.0.0.1/x")]
    [InlineData("file:///etc")]
    [InlineData("ssh://10.0.0.1/x")]
    [InlineData("https://user:secret@10.0.0.1/x")]
    public async Task An_LFS_server_that_is_no_plain_https_address_is_not_asked(string url)
    {
        Publish(_lfs.Add(_weights), (".lfsconfig", $"[lfs]\nurl = \"{url}\"\n"));

        var error = await Assert.ThrowsAsync<GitSourceException>(() => FetchAsync(Https()));

        Assert.Contains("only an https:// address without a user is asked", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Empty(_lfs.Requests);
    }

    [Fact]
    public async Task A_download_that_is_not_encrypted_is_refused()
    {
        Publish(_lfs.Add(_weights));
        _lfs.DownloadBase = "http://127.0.0.1:1";

        var error = await Assert.ThrowsAsync<GitSourceException>(() => FetchAsync(Https()));

        Assert.Contains("names no https:// address", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "Bearer from-ssh", null)]
    [InlineData(true, "Bearer from-ssh", null)]
    [InlineData(false, "Bearer other", "it does not let us in (HTTP 401)")]
    public async Task A_source_behind_ssh_is_asked_where_its_LFS_is_and_what_opens_it(bool isBuiltIn, string wanted, string? problem)
    {
        _git = isBuiltIn ? Engines.BuiltIn : GitEngine.Program;
        Publish(_lfs.Add(_weights));
        _lfs.Wanted = _lfs.Handed = wanted;
        var answer = $"{{\"href\":\"{_server.Address("x.git/info/lfs")}\",\"header\":{{\"Authorization\":\"Bearer from-ssh\"}}}}";
        using var ssh = Ssh($"echo '{answer}'; echo \"$@\" > {_folder.Combine("asked")}");

        var fetch = FetchAsync(Behind(ssh));

        if (problem is null)
            Assert.Equal(Digest.Of(_weights), await fetch);
        else
            Assert.Contains(problem, (await Assert.ThrowsAsync<GitSourceException>(() => fetch)).Message, StringComparison.Ordinal);
        Assert.Equal($"{Bare} download", File.ReadAllText(_folder.Combine("asked")).Trim());
    }

    [Theory]
    [InlineData(null, "has no git-lfs-authenticate")]
    [InlineData("echo hello", "names no https:// address")]
    [InlineData("echo '{\"href\":\"http://127.0.0.1/x\"}'", "names no https:// address")]
    public async Task A_server_behind_ssh_without_LFS_is_told_apart(string? program, string problem)
    {
        Publish(_lfs.Add(_weights));
        using var ssh = Ssh(program);

        var error = await Assert.ThrowsAsync<GitSourceException>(() => FetchAsync(Behind(ssh)));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("file://", false)]
    [InlineData("", true)]
    public async Task A_repository_of_this_disk_is_asked_for_its_own_objects(string scheme, bool isWorkTree)
    {
        Publish(_lfs.Add(_weights));
        var hex = Convert.ToHexStringLower(SHA256.HashData(_weights));
        var folder = Path.Combine(isWorkTree ? Path.Combine(_work.Path, ".git") : Bare, "lfs", "objects", hex[..2], hex[2..4]);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, hex), _weights);

        Assert.Equal(Digest.Of(_weights), await FetchAsync(Local(scheme + (isWorkTree ? _work.Path : Bare))));

        Assert.Equal(_weights, _store.Blobs.Read(Digest.Of(_weights)));
    }

    [Fact]
    public async Task A_repository_of_this_disk_without_the_object_says_how_to_get_it()
    {
        Publish(_lfs.Add(_weights));

        var error = await Assert.ThrowsAsync<GitSourceException>(() => FetchAsync(Local(Bare)));

        Assert.Contains($"{Bare} does not have the object; fetch it there with git lfs fetch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_of_this_disk_that_is_not_what_its_name_says_is_refused()
    {
        Publish(_lfs.Add(_weights));
        var hex = Convert.ToHexStringLower(SHA256.HashData(_weights));
        var folder = Path.Combine(Bare, "lfs", "objects", hex[..2], hex[2..4]);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, hex), new byte[_weights.Length]);

        var error = await Assert.ThrowsAsync<GitSourceException>(() => FetchAsync(Local(Bare)));

        Assert.Contains("is not what its name says", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_work_tree_that_has_the_content_is_what_its_commit_with_the_pointer_is(bool isBuiltIn)
    {
        _git = isBuiltIn ? Engines.BuiltIn : GitEngine.Program;
        var weights = TinyGguf.Bytes("one");
        Publish(_lfs.Add(weights), (".gitattributes", "# weights\n*.gguf filter=lfs diff=lfs merge=lfs -text\n"));
        var commit = await RevisionReader.ReadCommitAsync(_work.Path, "HEAD", [], _git, TimeProvider.System, Stop);
        var untouched = await RevisionReader.ReadFolderAsync(_work.Path, [], _git, TimeProvider.System, Stop);
        File.WriteAllBytes(Path.Combine(_work.Path, "w.gguf"), weights);
        var checkedOut = await RevisionReader.ReadFolderAsync(_work.Path, [], _git, TimeProvider.System, Stop);
        File.WriteAllBytes(Path.Combine(_work.Path, "w.gguf"), TinyGguf.Bytes("two"));
        var changed = await RevisionReader.ReadFolderAsync(_work.Path, [], _git, TimeProvider.System, Stop);

        Assert.Equal(commit.State!.Models[0].Inputs, untouched.State!.Models[0].Inputs);
        Assert.Equal(commit.State.Models[0].Inputs, checkedOut.State!.Models[0].Inputs);
        Assert.NotEqual(commit.State.Models[0].Inputs, changed.State!.Models[0].Inputs);
    }

    [Theory]
    [InlineData("*.gguf", "a/b.gguf", true)]
    [InlineData("*.gguf", "a/b.gguf2", false)]
    [InlineData("/*.gguf", "a/b.gguf", false)]
    [InlineData("a/*.gguf", "a/b.gguf", true)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("**/c", "a/b/c", true)]
    [InlineData("a/**/c", "a/c", true)]
    [InlineData("**/**/**/**/**/x", "x", false)]
    public void Patterns_of_attributes_are_those_of_git(string pattern, string path, bool matches) =>
        Assert.Equal(matches, LfsAttributes.Matches(pattern, path));

    private SourceOptions Https() => new()
    {
        Location = _server.Address("models.git"), Git = _git, AuthorityFile = _folder.Combine("own.pem"),
    };

    private SourceOptions Behind(SshServer ssh) => new()
    {
        Location = ssh.Address(Bare), Git = _git, KnownHostsFile = ssh.KnownHosts, SshKeyFile = ssh.Key("client"),
        AuthorityFile = _folder.Combine("own.pem"),
    };

    private SshServer Ssh(string? program)
    {
        Directory.CreateDirectory(_folder.Combine("ssh", "bin"));
        if (program is not null)
        {
            var file = _folder.Combine("ssh", "bin", "git-lfs-authenticate");
            File.WriteAllText(file, $"#!/bin/sh\n{program}\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var server = new SshServer(_folder.Combine("ssh")) { Programs = _folder.Combine("ssh", "bin") };
        server.Start();
        return server;
    }

    private SourceOptions Local(string location) => new() { Location = location, Git = _git };

    private string TokenFile(string token)
    {
        _folder.Write("token", token);
        return _folder.Combine("token");
    }

    private void Publish(string pointer, params (string Path, string? Text)[] more)
    {
        _work.Commit(
            "x",
            [
                ("w.gguf", pointer), ("Modelfile", "FROM ./w.gguf\n"),
                ("modelops.yaml", "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: x }\nspec:\n"
                    + "  models:\n    - { name: m, modelfile: Modelfile }\n"),
                .. more,
            ]);
        _work.Git("clone", "--quiet", "--bare", _work.Path, Bare);
    }

    private async Task<Digest> FetchAsync(SourceOptions options, CancellationToken? stop = null)
    {
        var token = stop ?? Stop;
        var source = await RepositorySources.OpenAsync(_folder.Combine("git"), options, TimeProvider.System, token);
        var tree = await source.OpenAsync(await source.FetchNewestAsync(token), token);
        var result = await new DesiredStateReader(tree, new HostFiles([]), options.Limits, new WeightsLook(_ => null)).ReadAsync(token);
        Assert.Equal([], result.Diagnostics.Select(problem => problem.ToString()));
        using var import = new InputImport(_store, new BuildRecords(_database), _client);
        var files = await import.ImportAsync(Assert.Single(result.State!.Models).From, tree, token);
        return Digest.Parse(Assert.Single(files).Value);
    }
}
