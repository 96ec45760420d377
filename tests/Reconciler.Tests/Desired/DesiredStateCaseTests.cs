using System.Text;
using System.Text.RegularExpressions;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Tests.Sources;
using ModelOps.TestKit;

namespace ModelOps.Reconciler.Tests.Desired;

/// <summary>Each folder below <c>Cases</c> is a models repository with the whole text of what is wrong with it.</summary>
public sealed partial class DesiredStateCaseTests
{
    private static readonly string Cases = RepoRoot.Combine("tests", "Reconciler.Tests", "Desired", "Cases");

    public static TheoryData<string> Names =>
        [.. Directory.GetDirectories(Cases).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Names))]
    public async Task A_models_repository_is_told_all_that_is_wrong_with_it(string name)
    {
        using var home = new TemporaryFolder();
        using var copy = new TemporaryFolder();
        Copy(Path.Combine(Cases, name), copy.Path);

        var result = await Read.FolderAsync(copy.Path, home);

        var text = new StringBuilder();
        foreach (var problem in result.Diagnostics)
            text.Append(problem).Append('\n');
        text.Append(
            result.State is { } state
                ? $"accepted: {string.Join(", ", state.Models.Select(model => model.Name.ShortName))}\n"
                : "rejected\n");
        Golden.Matches(Path.Combine("Reconciler.Tests", "Desired", "Cases", name, "expected.txt"), text.ToString());
    }

    [Fact]
    public void Every_code_has_a_case()
    {
        var source = string.Concat(
            Directory.GetFiles(RepoRoot.Combine("src", "Reconciler"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var shown = string.Concat(Directory.GetFiles(RepoRoot.Combine("tests", "Reconciler.Tests"), "*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith("expected.txt", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal))
            .Select(File.ReadAllText));

        Assert.DoesNotContain(Code().Matches(source).Select(match => match.Value), code => !shown.Contains(code, StringComparison.Ordinal));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(
            file => Path.GetFileName(file) != "expected.txt"))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    [GeneratedRegex("(?:DS|RP)[0-9]{4}", RegexOptions.None, 10_000)]
    private static partial Regex Code();
}

/// <summary>Reads a folder as the daemon would.</summary>
internal static class Read
{
    internal static async Task<DesiredStateResult> FolderAsync(string folder, TemporaryFolder home, params string[] allowedPaths)
    {
        var token = TestContext.Current.CancellationToken;
        var options = new SourceOptions { Location = folder, WorkingTree = true };
        var source = await RepositorySources.OpenAsync(home.Combine("git"), options, TimeProvider.System, token);
        var tree = await source.OpenAsync(await source.FetchNewestAsync(token), token);
        return await new DesiredStateReader(tree, new HostFiles([.. allowedPaths]), options.Limits).ReadAsync(token);
    }
}
