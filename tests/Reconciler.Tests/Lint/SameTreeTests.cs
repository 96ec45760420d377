using ModelOps.ModelfileLang.Lint;
using ModelOps.Reconciler.Diff;
using ModelOps.Reconciler.Lint;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Tests.Sources;

namespace ModelOps.Reconciler.Tests.Lint;

/// <summary>Lint and diff look at the tree that the daemon would get: what is tracked, and what is new and not ignored.</summary>
public abstract class SameTreeTests : IDisposable
{
    private const string Yaml =
        "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: test }\nspec:\n  models:\n    - { name: chat, modelfile: "
        + "m/Modelfile }\n";

    private readonly GitRepository _repository = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Who answers git's verbs.</summary>
    protected abstract GitEngine Git { get; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _repository.Dispose();

    [Fact]
    public async Task Ignored_folders_links_in_them_and_their_many_files_are_nobodys_business()
    {
        _repository.Commit("one", ("modelops.yaml", Yaml), ("m/Modelfile", "FROM pico:1\n"), (".gitignore", ".venv/\nnode_modules/\n"));
        Fill(".venv");
        Fill("node_modules");

        Assert.Empty(await CodesAsync());
        Assert.NotNull((await RevisionReader.ReadFolderAsync(_repository.Path, [], Git, TimeProvider.System, Token)).State);
        Assert.DoesNotContain(
            (await WorkTreeFiles.ListAsync(_repository.Path, Git, TimeProvider.System, Token))!.Value,
            file => file.Contains("venv", StringComparison.Ordinal));
    }

    [Fact]
    public async Task New_files_count_before_they_are_committed_and_removed_ones_do_not()
    {
        _repository.Commit("one", ("modelops.yaml", Yaml), ("m/Modelfile", "FROM pico:1\n"));
        File.CreateSymbolicLink(Path.Combine(_repository.Path, "link"), "m");
        Assert.Equal(["RP1001"], await CodesAsync());

        File.Delete(Path.Combine(_repository.Path, "link"));
        File.Delete(Path.Combine(_repository.Path, "m", "Modelfile"));
        Assert.Equal(["DS1011"], await CodesAsync());
    }

    [Fact]
    public async Task Submodules_and_repositories_within_are_RP1002_as_in_a_commit()
    {
        _repository.Commit("one", ("modelops.yaml", Yaml), ("m/Modelfile", "FROM pico:1\n"));
        _repository.Git("update-index", "--add", "--cacheinfo", "160000,1234567890123456789012345678901234567890,sub");
        _repository.Git("init", "--quiet", "nested");
        _repository.Git("-C", "nested", "-c", "user.name=A", "-c", "user.email=a@x", "commit", "--quiet", "--allow-empty", "-m", "x");

        Assert.Equal(["RP1002", "RP1002"], await CodesAsync());
    }

    [Fact]
    public async Task A_name_that_is_no_text_is_a_finding_and_no_end()
    {
        _repository.Commit("one", ("modelops.yaml", Yaml), ("m/Modelfile", "FROM pico:1\n"));
        Touch("caf\\351");
        Assert.Equal(["RP1003"], await CodesAsync());
        _repository.Git("add", "--all");
        Assert.Equal(["RP1003"], await CodesAsync());
        Directory.Delete(Path.Combine(_repository.Path, ".git"), recursive: true);
        Assert.Equal(["RP1003"], await CodesAsync());
        Shell($"rm \"{_repository.Path}\"/caf*");
    }

    [Fact]
    public async Task A_folder_inside_of_a_repository_obeys_its_ignore_file_and_a_folder_outside_has_none()
    {
        _repository.Commit("one", ("sets/a/modelops.yaml", Yaml), ("sets/a/m/Modelfile", "FROM pico:1\n"), (".gitignore", "**/out/\n"));
        Fill("sets/a/out");
        Assert.Empty(await CodesAsync("sets/a"));

        Directory.Delete(Path.Combine(_repository.Path, ".git"), recursive: true);
        Assert.Equal(["RP1001"], await CodesAsync("sets/a"));
    }

    [Fact]
    public async Task A_folder_that_is_ignored_as_a_whole_is_read_as_it_is()
    {
        _repository.Commit("one", (".gitignore", "scratch/\n"));
        Directory.CreateDirectory(Path.Combine(_repository.Path, "scratch", "m"));
        File.WriteAllText(Path.Combine(_repository.Path, "scratch", "modelops.yaml"), Yaml);
        File.WriteAllText(Path.Combine(_repository.Path, "scratch", "m", "Modelfile"), "FROM pico:1\n");

        Assert.Empty(await CodesAsync("scratch"));
    }

    [Theory]
    [InlineData("modelops.yaml", "m/Modelfile", "RP1001")]
    [InlineData("other", "m/Modelfile", "RP1001")]
    public async Task A_link_in_the_place_of_a_file_is_told_and_not_that_the_file_is_missing(string unused, string link, string code)
    {
        _repository.Commit(unused, ("modelops.yaml", Yaml), ("real", "FROM pico:1\n"));
        Directory.CreateDirectory(Path.Combine(_repository.Path, "m"));
        File.CreateSymbolicLink(Path.Combine(_repository.Path, link), "../real");
        var commit = _repository.Commit("linked");

        Assert.Equal([code], await CodesAsync());
        var read = await RevisionReader.ReadCommitAsync(_repository.Path, commit, [], Git, TimeProvider.System, Token);
        Assert.Equal([code], read.Diagnostics.Select(problem => problem.Code));
    }

    [Fact]
    public async Task Paths_that_collide_in_case_are_one_headline()
    {
        _repository.Commit("one", ("modelops.yaml", Yaml), ("M/x", "x"), ("m/Modelfile", "FROM pico:1\n"));

        Assert.Equal(["RP1004"], await CodesAsync());
    }

    [Theory]
    [InlineData("modelfil: m/Modelfile")]
    [InlineData("inlin: FROM pico:1")]
    public async Task A_slip_in_a_key_is_one_finding(string entry)
    {
        _repository.Commit(
            "one", ("modelops.yaml", Yaml.Replace("modelfile: m/Modelfile", entry, StringComparison.Ordinal)),
            ("m/Modelfile", "FROM pico:1\n"));

        Assert.Equal(["DS1002"], await CodesAsync());
    }

    [Fact]
    public async Task What_is_wrong_in_a_file_that_two_models_share_is_told_once()
    {
        _repository.Commit(
            "one", ("modelops.yaml", Yaml + "    - { name: more, modelfile: m/Modelfile }\n"), ("m/Modelfile", "FROM ./none.gguf\n"));

        Assert.Equal(["DS1015"], await CodesAsync());
    }

    private async Task<IEnumerable<string>> CodesAsync(string folder = "") =>
        (await RepositoryLint.CheckAsync(
            Path.Combine(_repository.Path, folder), file => file, _ => false, LintOptions.Default, Git, TimeProvider.System, Token))
            .Findings.Select(finding => finding.Code);

    private void Fill(string folder)
    {
        Directory.CreateDirectory(Path.Combine(_repository.Path, folder));
        File.CreateSymbolicLink(Path.Combine(_repository.Path, folder, "python"), "/usr/bin/env");
    }

    private void Touch(string octal) => Shell($"touch \"{_repository.Path}/$(printf '{octal}')\"");

    private static void Shell(string line)
    {
        using var shell = System.Diagnostics.Process.Start("sh", ["-c", line]);
        shell.WaitForExit();
    }
}

public sealed class GitProgramSameTreeTests : SameTreeTests
{
    protected override GitEngine Git => GitEngine.Program;
}

public sealed class BuiltInGitSameTreeTests : SameTreeTests
{
    protected override GitEngine Git => Engines.BuiltIn;
}
