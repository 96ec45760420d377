using System.Text.RegularExpressions;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>The lines that people copy from <c>docs/ci.md</c> run as they are there.</summary>
public sealed partial class CiSnippetTests
{
    public static TheoryData<string> Lines { get; } =
        [.. Fences().Matches(File.ReadAllText(RepoRoot.Combine("docs", "ci.md")))
            .SelectMany(fence => Commands().Matches(fence.Value))
            .Select(line => line.Groups["line"].Value.Trim())
            .Distinct(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Each_line_passes_on_the_example_repository(string line)
    {
        using var folder = new TemporaryFolder();
        var repository = ModelsRepository.FromExample(folder.Combine("models"));

        var outcome = await Executable.RunAsync(line.Split(' ')[1..], folder: repository.Path);

        Assert.True(outcome.ExitCode == 0, $"{line}\n{outcome.Output}\n{outcome.Error}");
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Each_line_fails_on_a_broken_Modelfile(string line)
    {
        using var folder = new TemporaryFolder();
        var repository = ModelsRepository.FromExample(folder.Combine("models"));
        File.WriteAllText(Path.Combine(repository.Path, "Modelfile"), "from ./weights/pico-q8_0.gguf\nPARAMETR temperature 1\n");

        var outcome = await Executable.RunAsync(line.Split(' ')[1..], folder: repository.Path);

        Assert.True(outcome.ExitCode == 1, $"{line}\n{outcome.Output}\n{outcome.Error}");
    }

    [Fact]
    public void There_are_lines_for_every_place() => Assert.True(Lines.Count >= 4, string.Join('\n', Lines));

    [GeneratedRegex("^```(yaml|sh)$.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fences();

    [GeneratedRegex(@"^\s*(- run: |- |entry: )?(?<line>modelops .*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Commands();
}
