using ModelOps.ModelfileLang.Lint;
using ModelOps.Reconciler.Diff;
using ModelOps.Reconciler.Lint;
using ModelOps.Reconciler.Tests.Reconciling;
using ModelOps.Reconciler.Tests.Sources;

namespace ModelOps.Reconciler.Tests.Lint;

/// <summary>What a build would refuse is found before one: in a folder, in a commit, and where the daemon takes a revision in.</summary>
public sealed class WeightsReviewTests : IDisposable
{
    private readonly GitRepository _repository = new();

    public static TheoryData<string, string, string> Refused => new()
    {
        { "FROM ./w.gguf\nTEMPLATE \"{{ .Nope \"", "MF3012", "m/Modelfile:2:" },
        { "FROM ./w.gguf\nTEMPLATE \"{{ nofunc 1 }}\"", "MF3012", "m/Modelfile:2:14" },
        { "FROM ./random.gguf", "MF4018", "m/Modelfile:1:6" },
        { "FROM ./cut.gguf", "MF4018", "m/Modelfile:1:6" },
        { "FROM ./w.gguf\nADAPTER ./random.gguf", "MF4018", "m/Modelfile:2:9" },
        { "FROM ./w.gguf\nADAPTER ./other.gguf", "MF4014", "m/Modelfile:2:9" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _repository.Dispose();

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_a_build_refuses_is_found_in_a_folder_in_a_commit_and_by_lint(string modelfile, string code, string place)
    {
        Write(modelfile);
        var commit = _repository.Commit("one");
        var ofCommit = await RevisionReader.ReadCommitAsync(_repository.Path, commit, [], null, TimeProvider.System, Token);
        var ofFolder = await RevisionReader.ReadFolderAsync(_repository.Path, [], null, TimeProvider.System, Token);
        var lint = await RepositoryLint.CheckAsync(
            _repository.Path, file => file, _ => false, LintOptions.Default, null, TimeProvider.System, Token);

        Assert.Null(ofCommit.State);
        Assert.Null(ofFolder.State);
        var problem = Assert.Single(ofCommit.Diagnostics);
        Assert.Equal(code, problem.Code);
        Assert.StartsWith(place, problem.ToString(), StringComparison.Ordinal);
        Assert.Equal(problem, Assert.Single(ofFolder.Diagnostics));
        Assert.Equal(problem, Assert.Single(lint.Findings).Diagnostic);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_a_build_refuses_is_not_accepted_and_what_served_goes_on(string modelfile, string code, string place)
    {
        await using var host = new ReconcileHost();
        var good = host.Commit("  models:\n    - { name: chat, modelfile: m/Modelfile }\n", ("m/Modelfile", "FROM ../w.gguf"));
        await host.StartAsync();
        Assert.True((await host.SyncAsync()).Ready);
        foreach (var file in new[] { "w", "random", "cut", "other" })
            File.WriteAllBytes(Path.Combine(host.Repository.Path, "m", file + ".gguf"), Bytes(file));
        host.Repository.Commit("two", ("m/Modelfile", modelfile));

        var status = await host.SyncAsync();

        Assert.Equal(good, status.Source!.Applied);
        Assert.Contains(code, status.LastError, StringComparison.Ordinal);
        Assert.StartsWith(place, status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_of_which_git_has_a_large_header_are_read_as_far_as_it_goes()
    {
        Write("FROM ./w.gguf");
        File.WriteAllBytes(Path.Combine(_repository.Path, "m", "w.gguf"), TinyGguf.Bytes(new string('n', 3_000_000)));
        var commit = _repository.Commit("one");

        Assert.NotNull((await RevisionReader.ReadCommitAsync(_repository.Path, commit, [], null, TimeProvider.System, Token)).State);
    }

    [Theory]
    [InlineData("w", null)]
    [InlineData("random", "MF4018")]
    public async Task The_rest_of_large_weights_in_git_is_not_waited_for(string kind, string? code)
    {
        Write("FROM ./w.gguf");
        File.WriteAllBytes(Path.Combine(_repository.Path, "m", "w.gguf"), [.. Bytes(kind), .. new byte[8_000_000]]);
        var commit = _repository.Commit("one");

        var read = await RevisionReader.ReadCommitAsync(_repository.Path, commit, [], null, TimeProvider.System, Token)
            .WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(code, read.Diagnostics.SingleOrDefault()?.Code);
    }

    private void Write(string modelfile)
    {
        Directory.CreateDirectory(Path.Combine(_repository.Path, "m"));
        foreach (var file in new[] { "w", "random", "cut", "other" })
            File.WriteAllBytes(Path.Combine(_repository.Path, "m", file + ".gguf"), Bytes(file));
        File.WriteAllText(Path.Combine(_repository.Path, "m", "Modelfile"), modelfile + "\n");
        File.WriteAllText(
            Path.Combine(_repository.Path, "modelops.yaml"),
            "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: test }\nspec:\n  models:\n    - { name: chat, modelfile: "
            + "m/Modelfile }\n");
    }

    private static byte[] Bytes(string file) => file switch
    {
        "random" => [.. Enumerable.Range(0, 4000).Select(number => (byte)(number * 7919 >> 3))],
        "cut" => TinyGguf.Bytes("cut")[..^4],
        "other" => TinyGguf.Bytes("other", "qwen2"),
        _ => TinyGguf.Bytes("one"),
    };
}
