using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Architecture;

public class FileSizeTests(ITestOutputHelper output)
{
    private const int Limit = 400;

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        var sizes = Source.Files().Select(file => (Lines: File.ReadLines(file).Count(), File: Path.GetRelativePath(RepoRoot.Path, file)))
            .OrderBy(size => size.Lines).ToList();
        output.WriteLine(
            $"{sizes.Count} files, {sizes.Sum(size => size.Lines)} lines, median {sizes[sizes.Count / 2].Lines}, p90 "
            + $"{sizes[sizes.Count * 9 / 10].Lines}");
        Assert.DoesNotContain(sizes, size => size.Lines > Limit);
    }
}
