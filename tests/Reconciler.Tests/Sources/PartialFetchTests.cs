using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Tests.Reconciling;
using ModelOps.TestKit.Git;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>Weights in git stay on the server, where git and the server can leave them there, until a Modelfile names them.</summary>
public sealed class PartialFetchTests : IAsyncDisposable
{
    private const int Large = 300_000;

    private static readonly SourceLimits s_limits = new() { YamlBytes = 64 << 10, ModelfileBytes = 64 << 10 };

    private readonly GitRepository _work = new();
    private readonly TemporaryFolder _folder = new();
    private readonly GitHttpServer _server;
    private readonly LocalStore _store;
    private readonly StateDatabase _database;
    private readonly byte[] _weights = Weights("one");
    private GitEngine _git = GitEngine.Program;

    public PartialFetchTests()
    {
        Directory.CreateDirectory(_folder.Combine("repositories"));
        _server = GitHttpServer.Start(_folder.Combine("repositories"), _folder.Path);
        _store = LocalStore.Open(_folder.Combine("store"), TimeProvider.System);
        _database = StateDatabase.Open(_folder.Combine("state.db"));
        _work.Git("init", "--quiet", "--bare", "--initial-branch=main", Bare);
        _work.Git("--git-dir", Bare, "config", "uploadpack.allowFilter", "true");
        Publish("FROM ./w.gguf\n", _weights);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Bare => _folder.Combine("repositories", "models.git");

    private string Mirror => _folder.Combine("git", "main.git");

    private SourceOptions Https => new()
    {
        Location = _server.Address("models.git"), Git = _git, AuthorityFile = _server.AuthorityFile, Limits = s_limits,
    };

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _database.Dispose();
        _work.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Large_files_are_fetched_when_a_Modelfile_names_them_and_are_not_kept_twice()
    {
        var source = await OpenAsync(Https);
        var tree = await TreeAsync(source);

        Assert.Equal(["other.gguf", "w.gguf"], tree.Files.Values.Where(file => file.IsAbsent).Select(file => file.Path).Order());
        Assert.InRange(MirrorFolder.Size(Mirror), 1, Large / 2);
        Assert.Equal(LargeFileTransfer.WhenNamed, source.LargeFiles);

        Assert.Equal(Digest.Of(_weights), await ImportAsync(tree));

        Assert.Equal(_weights, _store.Blobs.Read(Digest.Of(_weights)));
        Assert.InRange(MirrorFolder.Size(Mirror), 1, Large / 2);
        var requests = _server.Requests.Count;
        Assert.Equal(Digest.Of(_weights), await ImportAsync(await TreeAsync(await OpenAsync(Https))));
        Assert.Equal(1, _server.Requests.Skip(requests).Count(request => request.Contains("info/refs", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_two_models_wait_for_is_fetched_once()
    {
        var tree = await TreeAsync(await OpenAsync(Https));
        var model = await ModelAsync(tree);
        using var import = new InputImport(_store, new BuildRecords(_database));
        var before = _server.Requests.Count;

        await Task.WhenAll(import.ImportAsync(model.From, tree, Stop), import.ImportAsync(model.From, tree, Stop));

        Assert.Single(_server.Requests.Skip(before), request => request.StartsWith("GET ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, LargeFileTransfer.AllFromServer)]
    [InlineData(true, LargeFileTransfer.AllByGit)]
    public async Task Where_they_cannot_be_left_out_all_are_fetched_and_it_is_told(bool isBuiltIn, LargeFileTransfer told)
    {
        _git = isBuiltIn ? Engines.BuiltIn : GitEngine.Program;
        _work.Git("--git-dir", Bare, "config", "uploadpack.allowFilter", "false");
        var source = await OpenAsync(Https);
        var tree = await TreeAsync(source);

        Assert.DoesNotContain(tree.Files.Values, file => file.IsAbsent);
        Assert.Equal(told, source.LargeFiles);
        Assert.Equal(Digest.Of(_weights), await ImportAsync(tree));
    }

    [Fact]
    public async Task A_server_that_hands_out_no_single_files_is_asked_for_everything_once_and_from_then_on()
    {
        _server.IsOld = true;
        var source = await OpenAsync(Https);
        Assert.Equal(Digest.Of(_weights), await ImportAsync(await TreeAsync(source)));

        Assert.Equal(LargeFileTransfer.AllFromServer, source.LargeFiles);
        Publish("FROM ./w.gguf\n", Weights("two"));
        Assert.DoesNotContain((await TreeAsync(source)).Files.Values, file => file.IsAbsent);
        Assert.Equal(Digest.Of(Weights("two")), await ImportAsync(await TreeAsync(await OpenAsync(Https))));
    }

    [Fact]
    public async Task Many_fetches_and_a_history_that_goes_back_leave_a_mirror_that_is_read_and_fetched_into()
    {
        var source = await OpenAsync(Https);
        var first = await source.FetchNewestAsync(Stop);
        for (var count = 0; count < 25; count++)
        {
            Publish($"FROM ./w.gguf\nSYSTEM {count}\n", Weights($"{count % 3}"));
            await source.FetchNewestAsync(Stop);
        }

        Assert.InRange(MirrorFolder.Packs(Mirror), 1, 20);
        Assert.InRange(MirrorFolder.Size(Mirror), 1, Large / 2);
        Assert.True(await source.DescendsAsync(await source.FindTipAsync(Stop), first, Stop));
        _work.Git("reset", "--quiet", "--hard", first);
        _work.Git("push", "--quiet", "--force", Bare, "main");
        Assert.Equal(first, await source.FetchNewestAsync(Stop));
        Publish("FROM ./other.gguf\n", Weights("last"));
        Assert.Equal(Digest.Of(Weights("other")), await ImportAsync(await TreeAsync(source)));
    }

    [Fact]
    public async Task A_mirror_without_large_files_is_made_whole_for_a_git_that_needs_all_of_it()
    {
        await TreeAsync(await OpenAsync(Https));
        Publish("FROM ./w.gguf\n", Weights("two"));
        _git = Engines.BuiltIn;

        Assert.Equal(Digest.Of(Weights("two")), await ImportAsync(await TreeAsync(await OpenAsync(Https))));
    }

    [Fact]
    public async Task A_server_that_is_gone_fails_the_model_with_the_file_and_what_is_in_the_store_needs_none()
    {
        var tree = await TreeAsync(await OpenAsync(Https));
        await _server.DisposeAsync();

        var error = await Assert.ThrowsAsync<GitSourceException>(() => ImportAsync(tree));

        Assert.True(error.IsTransient);
        Assert.StartsWith("w.gguf was not fetched yet: https://", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Mirror, "modelops-files")) && Directory.GetDirectories(
            Path.Combine(Mirror, "modelops-files")).Length > 0);
    }

    [Fact]
    public async Task A_text_that_is_too_large_is_refused_without_fetching_it()
    {
        _work.Commit("large", ("Modelfile", new string('#', Large)));
        _work.Git("push", "--quiet", Bare, "main");
        var tree = await TreeAsync(await OpenAsync(Https));

        var result = await new DesiredStateReader(tree, new HostFiles([]), s_limits).ReadAsync(Stop);

        Assert.Equal("RP1005", Assert.Single(result.Diagnostics).Code);
    }

    [Fact]
    public async Task What_lies_on_this_disk_is_fetched_whole()
    {
        var source = await OpenAsync(new SourceOptions { Location = Bare, Git = _git, Limits = s_limits });

        Assert.DoesNotContain((await TreeAsync(source)).Files.Values, file => file.IsAbsent);
        Assert.Null(source.LargeFiles);
    }

    private static byte[] Weights(string name)
    {
        var noise = new byte[Large];
        new Random(name.Length + name[0]).NextBytes(noise);
        return [.. TinyGguf.Bytes(name), .. noise];
    }

    private void Publish(string modelfile, byte[] weights)
    {
        File.WriteAllBytes(Path.Combine(_work.Path, "w.gguf"), weights);
        File.WriteAllBytes(Path.Combine(_work.Path, "other.gguf"), Weights("other"));
        _work.Commit(
            "x", ("Modelfile", modelfile),
            ("modelops.yaml", "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: x }\nspec:\n"
                + "  models:\n    - { name: m, modelfile: Modelfile }\n"));
        _work.Git("push", "--quiet", Bare, "main");
    }

    private Task<IRepositorySource> OpenAsync(SourceOptions options) =>
        RepositorySources.OpenAsync(_folder.Combine("git"), options, TimeProvider.System, Stop);

    private static async Task<IRevisionTree> TreeAsync(IRepositorySource source) =>
        await source.OpenAsync(await source.FetchNewestAsync(Stop), Stop);

    private static async Task<DesiredModel> ModelAsync(IRevisionTree tree)
    {
        var result = await new DesiredStateReader(tree, new HostFiles([]), s_limits, new WeightsLook(_ => null)).ReadAsync(Stop);
        Assert.Equal([], result.Diagnostics.Select(problem => problem.ToString()));
        return Assert.Single(result.State!.Models);
    }

    private async Task<Digest> ImportAsync(IRevisionTree tree)
    {
        using var import = new InputImport(_store, new BuildRecords(_database));
        var files = await import.ImportAsync((await ModelAsync(tree)).From, tree, Stop);
        return Digest.Parse(Assert.Single(files).Value);
    }
}
