using System.Text.RegularExpressions;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>The lines that people copy from <c>docs/ci.md</c> run as they are there, in a shell that has what the job has.</summary>
public sealed partial class CiSnippetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ModelsRepository _repository;

    public CiSnippetTests() => _repository = ModelsRepository.FromExample(_folder.Combine("models"));

    public static TheoryData<string> Reviews { get; } = [.. Lines().Where(line => !IsComment(line))];

    public static TheoryData<string> Comments { get; } = [.. Lines().Where(IsComment)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Reviews))]
    public async Task Each_line_of_a_review_passes_on_the_example_repository(string line)
    {
        var outcome = await RunAsync(line, _repository.Head, _repository.Head);
        Assert.True(outcome.ExitCode == 0, $"{line}\n{outcome.Output}\n{outcome.Error}");
    }

    [Theory]
    [MemberData(nameof(Reviews))]
    public async Task Each_line_of_a_review_fails_on_a_broken_Modelfile(string line)
    {
        var before = _repository.Head;
        var after = _repository.Commit("terse/Modelfile", "from ../weights/pico-q8_0.gguf\nPARAMETR temperature 1\n");
        var outcome = await RunAsync(line, before, after);
        Assert.True(outcome.ExitCode == 1, $"{line}\n{outcome.Output}\n{outcome.Error}");
    }

    [Theory]
    [MemberData(nameof(Comments))]
    public async Task Each_line_of_the_second_stage_writes_the_comment_of_what_the_first_one_found(string line)
    {
        using var forge = new FakeForge();
        var before = _repository.Head;
        var after = _repository.Commit("terse/Modelfile", _repository.Read("terse/Modelfile") + "PARAMETER top_k 7\n");
        forge.Head = after;
        var review = Lines().First(other => other.StartsWith("modelops diff", StringComparison.Ordinal)
            && other.Contains("CI_", StringComparison.Ordinal) == line.Contains("CI_", StringComparison.Ordinal));
        Assert.Equal(0, (await RunAsync(review, before, after)).ExitCode);
        await File.WriteAllTextAsync(Path.Combine(_repository.Path, "pull.txt"), "7\n", TestContext.Current.CancellationToken);

        var first = await RunAsync(line, before, after, forge);
        var second = await RunAsync(line, before, after, forge);

        Assert.True(first.ExitCode == 0, $"{line}\n{first.Output}\n{first.Error}");
        Assert.Equal((0, "is up to date"), (second.ExitCode, second.Output.Trim()[^13..]));
        var comment = Assert.Single(forge.Comments).Value;
        Assert.Contains("top\\_k", comment, StringComparison.Ordinal);
        Assert.Contains($"Commit {after}", comment, StringComparison.Ordinal);

        forge.Head = before;
        var late = await RunAsync(line, before, after, forge);
        Assert.Equal(5, late.ExitCode);
        Assert.Contains("nothing was written", late.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_lines_for_every_place()
    {
        Assert.True(Reviews.Count >= 6, string.Join('\n', Lines()));
        Assert.Equal(2, Comments.Count);
    }

    [Fact]
    public async Task A_clone_without_the_commit_to_compare_with_is_told_how_to_get_it()
    {
        var before = _repository.Head;
        _repository.Commit("terse/Modelfile", _repository.Read("terse/Modelfile") + "PARAMETER top_k 7\n");
        var shallow = _folder.Combine("shallow");
        ModelsRepository.RunGit(_folder.Path, "clone", "-q", "--depth", "1", $"file://{_repository.Path}", shallow);

        var outcome = await Executable.RunAsync(["diff", before, "HEAD"], folder: shallow);

        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("git fetch --unshallow", outcome.Error, StringComparison.Ordinal);
    }

    private static bool IsComment(string line) => line.Contains("ci comment", StringComparison.Ordinal);

    private static IEnumerable<string> Lines() =>
        Fences().Matches(File.ReadAllText(RepoRoot.Combine("docs", "ci.md")))
            .SelectMany(fence => Commands().Matches(fence.Value))
            .Select(line => line.Groups["line"].Value.Trim())
            .Distinct(StringComparer.Ordinal);

    private Task<Executable.Outcome> RunAsync(string line, string before, string after, FakeForge? forge = null)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{Path.GetDirectoryName(Executable.Path)}:{Environment.GetEnvironmentVariable("PATH")}",
            ["BASE"] = before,
            ["HEAD"] = after,
            ["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = before,
            ["CI_COMMIT_SHA"] = after,
        };
        if (forge is not null)
        {
            var isGitLab = line.Contains("CI_", StringComparison.Ordinal);
            forge.IsGitLab = isGitLab;
            environment["MODELOPS_CI_TOKEN"] = "t-1";
            environment[isGitLab ? "CI_API_V4_URL" : "GITHUB_API_URL"] = forge.Address;
            environment[isGitLab ? "CI_PROJECT_PATH" : "GITHUB_REPOSITORY"] = "team/models";
            environment["CI_MERGE_REQUEST_IID"] = "7";
        }

        return Executable.ShellAsync(line, environment, _repository.Path);
    }

    [GeneratedRegex("^```(yaml|sh)$.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fences();

    [GeneratedRegex(@"^\s*(- run: |- |entry: )?(?<line>modelops .*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Commands();
}
