using System.Text.RegularExpressions;
using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Architecture;

/// <summary>The page about the architecture names what there is, and all of it.</summary>
public partial class ArchitecturePageTests
{
    private static readonly string s_page = File.ReadAllText(RepoRoot.Combine("docs", "architecture.md"));

    [Fact]
    public void Every_path_on_the_page_exists()
    {
        var lines = s_page.Split('\n');
        var paths = lines.Where(line => !IsRooms(line))
            .SelectMany(Spans)
            .Where(span => span.Contains('/') && !span.StartsWith('/'))
            .ToArray();
        Assert.NotEmpty(paths);
        Assert.DoesNotContain(paths, path => !Exists(RepoRoot.Combine(path)) && !Exists(RepoRoot.Combine("src", path)));
    }

    [Fact]
    public void Every_type_on_the_page_exists()
    {
        var known = Source.Files().SelectMany(File.ReadLines).SelectMany(line => Declaration().Matches(line))
            .Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        var names = Spans(s_page)
            .Where(span => TypeName().IsMatch(span))
            .Where(span => !Directory.Exists(RepoRoot.Combine("src", span)))
            .ToArray();
        Assert.NotEmpty(names);
        Assert.DoesNotContain(names, name => !known.Contains(name));
    }

    [Fact]
    public void Every_project_has_a_line_with_each_of_its_folders_and_no_other()
    {
        var projects = Directory.EnumerateDirectories(RepoRoot.Combine("src")).Select(folder => Path.GetFileName(folder)!).ToArray();
        Assert.All(projects, project =>
        {
            var line = Assert.Single(s_page.Split('\n'), line => line.StartsWith($"- **`src/{project}`**", StringComparison.Ordinal));
            var named = Spans(line).Where(span => span.EndsWith('/')).Select(span => span.TrimEnd('/')).Order(StringComparer.Ordinal);
            Assert.Equal(FoldersOf(project).Order(StringComparer.Ordinal), named);
        });
    }

    private static IEnumerable<string> FoldersOf(string project)
    {
        var root = RepoRoot.Combine("src", project);
        return Source.Files().Where(file => file.StartsWith(root + '/', StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(root, Path.GetDirectoryName(file)!)).Where(folder => folder != ".").Distinct(
                StringComparer.Ordinal);
    }

    private static bool IsRooms(string line) => line.StartsWith("- **`src/", StringComparison.Ordinal);

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private static IEnumerable<string> Spans(string text) => Span().Matches(text).Select(match => match.Groups["code"].Value);

    [GeneratedRegex("(?<!`)`(?<code>[^`\n]+)`(?!`)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Span();

    [GeneratedRegex("\\b(class|record|struct|interface|enum) (?<name>[A-Z][A-Za-z]+)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Declaration();

    [GeneratedRegex("^[A-Z][A-Za-z]+$", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex TypeName();
}
