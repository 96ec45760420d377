using System.Text;
using ModelOps.ModelfileLang.Lint;
using ModelOps.Reconciler.Diff;
using ModelOps.Reconciler.Lint;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>Symbolic links that the host lets be followed: within the served folder, never out of it, whichever git reads them.</summary>
public sealed class SymlinkTests : IDisposable
{
    private const string Yaml =
        "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: test }\nspec:\n  models:\n    - { name: chat, modelfile: "
        + "m/Modelfile }\n";

    private static readonly SourceLimits s_follow = new() { FollowsSymlinks = true };

    private readonly GitRepository _repository = new();
    private readonly TemporaryFolder _home = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _repository.Dispose();
        _home.Dispose();
    }

    [Theory]
    [InlineData("a/link", "../real/one", "one")]
    [InlineData("link", "real/./one", "one")]
    [InlineData("link", "a/../real/one", "one")]
    [InlineData("link", "chain", "one")]
    [InlineData("link", "folder/one", "one")]
    public async Task A_link_is_the_file_that_it_leads_to(string link, string target, string content)
    {
        foreach (var tree in await BothAsync((link, target), ("chain", "a/next"), ("a/next", "../real/one"), ("folder", "real")))
        {
            Assert.Empty(tree.Problems);
            Assert.Equal(content, Encoding.UTF8.GetString((await tree.ReadAsync([tree.Files[link]], Token))[0]));
            Assert.Equal(tree.Files["real/one"].ObjectId, tree.Files[link].ObjectId);
        }
    }

    [Fact]
    public async Task A_link_to_a_folder_has_its_files()
    {
        foreach (var tree in await BothAsync(("a/link", "../real")))
        {
            Assert.Empty(tree.Problems);
            Assert.Equal(
                ["a/link/deep/two", "a/link/one", "real/deep/two", "real/one"],
                tree.Files.Keys.Where(path => path.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            var stream = "";
            await tree.StreamAsync(
                tree.Files["a/link/deep/two"],
                async (content, token) => stream = await new StreamReader(content).ReadToEndAsync(token), Token);
            Assert.Equal("two", stream);
        }
    }

    [Theory]
    [InlineData("/etc/passwd", "is absolute")]
    [InlineData("../outside", "leads out of the served folder")]
    [InlineData("a/../../outside", "leads out of the served folder")]
    [InlineData("real/../../../../../../etc/passwd", "leads out of the served folder")]
    [InlineData("hop/passwd", "is absolute")]
    [InlineData("link", "leads in a circle, or over more than 40 links")]
    [InlineData("ping", "leads in a circle, or over more than 40 links")]
    [InlineData("nothing", "leads to nothing that is in the served folder")]
    [InlineData(".", "leads to a folder that it lies in itself")]
    [InlineData("a\\b", "has no target that can be followed")]
    [InlineData("a\nb", "has no target that can be followed")]
    [InlineData(".git/config", "leads to nothing that is in the served folder")]
    public async Task A_link_that_leads_elsewhere_is_refused_and_nothing_is_read_over_it(string target, string problem)
    {
        foreach (var tree in await BothAsync(("link", target), ("hop", "/etc"), ("ping", "pong"), ("pong", "ping")))
        {
            Assert.Contains(
                tree.Problems, found => found.Code == "RP1001" && found.File == "link" && found.Message == $"this symbolic link {problem}");
            Assert.DoesNotContain(tree.Files.Keys, path => path.StartsWith("link", StringComparison.Ordinal));
            Assert.DoesNotContain(tree.Files.Values, file => file.LeadsTo is not null);
        }
    }

    [Fact]
    public async Task Folders_that_lead_into_each_other_do_not_unfold()
    {
        foreach (var tree in await BothAsync(("x/y", "../z"), ("z/w", "../x")))
            Assert.Equal(["RP1001", "RP1001"], tree.Problems.Select(problem => problem.Code));
    }

    [Fact]
    public async Task Links_to_many_files_count_as_many_files()
    {
        var limits = s_follow with { Files = 5 };
        foreach (var tree in await BothAsync(limits, ("one", "real"), ("two", "real"), ("three", "real")))
            Assert.Equal(["RP1006"], tree.Problems.Select(problem => problem.Code));
    }

    [Fact]
    public async Task More_links_than_are_looked_up_are_one_finding()
    {
        var links = Enumerable.Range(0, TreeRules.MostLinks + 5).Select(number => ($"l{number}", "real/one")).ToArray();
        foreach (var tree in await BothAsync(links))
            Assert.Equal(["RP1006"], tree.Problems.Select(problem => problem.Code).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_linked_path_that_differs_from_another_only_in_case_is_refused()
    {
        foreach (var tree in await BothAsync(("REAL", "a/b"), ("a/b/c", "../../real/one")))
            Assert.NotEmpty(tree.Problems);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lint_and_diff_follow_links_when_they_are_told_to(bool isBuiltIn)
    {
        var git = isBuiltIn ? Engines.BuiltIn : GitEngine.Program;
        _repository.Commit("one", ("modelops.yaml", Yaml), ("real", "FROM pico:1\n"));
        Directory.CreateDirectory(Path.Combine(_repository.Path, "m"));
        File.CreateSymbolicLink(Path.Combine(_repository.Path, "m", "Modelfile"), "../real");
        var commit = _repository.Commit("linked");

        foreach (var limits in (SourceLimits[])[s_follow, new SourceLimits()])
        {
            var report = await RepositoryLint.CheckAsync(
                _repository.Path, file => file, _ => false, LintOptions.Default, git, TimeProvider.System, Token, limits);
            var read = await RevisionReader.ReadCommitAsync(_repository.Path, commit, [], git, TimeProvider.System, Token, limits);
            var folder = await RevisionReader.ReadFolderAsync(_repository.Path, [], git, TimeProvider.System, Token, limits);

            string[] wanted = limits.FollowsSymlinks ? [] : ["RP1001"];
            Assert.Equal(wanted, report.Findings.Select(finding => finding.Code));
            Assert.Equal(wanted, read.Diagnostics.Select(problem => problem.Code));
            Assert.Equal(wanted, folder.Diagnostics.Select(problem => problem.Code));
            Assert.Equal(read.State?.Models[0].Inputs, folder.State?.Models[0].Inputs);
        }
    }

    [Fact]
    public async Task What_the_index_has_below_a_folder_that_is_a_link_by_now_is_not_read_over_it()
    {
        using var outside = new TemporaryFolder();
        outside.Write("secret", "secret");
        _repository.Commit("one", ("modelops.yaml", Yaml), ("m/secret", "x"));
        Directory.Delete(Path.Combine(_repository.Path, "m"), recursive: true);
        File.CreateSymbolicLink(Path.Combine(_repository.Path, "m"), outside.Path);

        var tree = await FolderAsync(s_follow, GitEngine.Program);

        Assert.Equal(["modelops.yaml"], tree.Files.Keys);
        Assert.Equal("this symbolic link is absolute", Assert.Single(tree.Problems).Message);
    }

    private Task<List<IRevisionTree>> BothAsync(params (string Link, string Target)[] links) => BothAsync(s_follow, links);

    /// <summary>A commit as either git reads it, and the files as they lie on the disk.</summary>
    private async Task<List<IRevisionTree>> BothAsync(SourceLimits limits, params (string Link, string Target)[] links)
    {
        _repository.Commit("files", ("real/one", "one"), ("real/deep/two", "two"));
        foreach (var (link, target) in links)
        {
            var path = Path.Combine(_repository.Path, link);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!File.Exists(path) && new FileInfo(path).LinkTarget is null)
                File.CreateSymbolicLink(path, target);
        }

        var commit = _repository.Commit("links");
        var trees = new List<IRevisionTree>();
        foreach (var git in (GitEngine[])[GitEngine.Program, Engines.BuiltIn])
        {
            var source = await RepositorySources.OpenAsync(
                _home.Combine(git.IsBuiltIn ? "builtin" : "program"),
                new SourceOptions { Location = _repository.Path, Git = git, Limits = limits }, TimeProvider.System, Token);
            await source.FetchNewestAsync(Token);
            trees.Add(await source.OpenAsync(commit, Token));
        }

        trees.Add(await FolderAsync(limits, GitEngine.Program));
        return trees;
    }

    private async Task<IRevisionTree> FolderAsync(SourceLimits limits, GitEngine git)
    {
        var source = await RepositorySources.OpenAsync(
            _home.Combine("folder"),
            new SourceOptions { Location = _repository.Path, Git = git, Limits = limits, WorkingTree = true }, TimeProvider.System, Token);
        return await source.OpenAsync(await source.FetchNewestAsync(Token), Token);
    }
}
