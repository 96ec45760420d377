using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Architecture;

/// <summary>What keeps the sources as if one person had written them.</summary>
public class OneHandTests(ITestOutputHelper output)
{
    [Fact]
    public void Two_files_at_most_are_longer_than_350_lines_and_none_is_longer_than_400()
    {
        var sizes = Source.Files().Select(file => (Lines: File.ReadLines(file).Count(), File: Path.GetRelativePath(RepoRoot.Path, file)))
            .OrderBy(size => size.Lines).ToList();
        output.WriteLine(
            $"{sizes.Count} files, {sizes.Sum(size => size.Lines)} lines, median {sizes[sizes.Count / 2].Lines}, p90 "
            + $"{sizes[sizes.Count * 9 / 10].Lines}");
        Assert.InRange(sizes.Count(size => size.Lines > 350), 0, 2);
        Assert.DoesNotContain(sizes, size => size.Lines > 400);
    }

    [Fact]
    public void Lines_have_at_most_140_columns()
    {
        // Texts that must stand on one line (regular expressions, tables of names) are the rest.
        Assert.InRange(Lines(line => line.Length > 140).Count, 0, 20);
    }

    [Fact]
    public void A_result_that_nobody_needs_is_not_thrown_away_with_ceremony() =>
        Assert.InRange(Lines(line => line.TrimStart().StartsWith("_ = ", StringComparison.Ordinal)).Count, 0, 10);

    private List<string> Lines(Func<string, bool> counts)
    {
        var found = Source.Files()
            .SelectMany(file => File.ReadLines(file).Where(counts).Select(line => $"{Path.GetRelativePath(RepoRoot.Path, file)}: {line.Trim()}"))
            .ToList();
        output.WriteLine(string.Join('\n', found));
        return found;
    }
}
