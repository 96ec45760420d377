using System.Text.RegularExpressions;
using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Architecture;

/// <summary>Between projects the compiler allows no circle; between the folders of one project this test does.</summary>
public partial class FolderCircleTests
{
    [Fact]
    public void Folders_know_each_other_in_no_circle()
    {
        Assert.Empty(Houses().SelectMany(CirclesOf));
    }

    [Fact]
    public void A_circle_is_found_whatever_its_length()
    {
        Dictionary<string, HashSet<string>> arrows = new(StringComparer.Ordinal)
        {
            ["a"] = ["b"],
            ["b"] = ["c"],
            ["c"] = ["a", "d"],
            ["d"] = ["e"],
            ["e"] = [],
        };
        Assert.Equal(["a b c"], Circles(arrows).Select(circle => string.Join(' ', circle)));
    }

    /// <summary>Every project and every folder that has folders.</summary>
    private static IEnumerable<string> Houses() =>
        Source.Files().Select(file => Path.GetRelativePath(RepoRoot.Combine("src"), Path.GetDirectoryName(file)!))
            .SelectMany(
                folder => Enumerable.Range(1, folder.Split('/').Length).Select(count => string.Join('/', folder.Split('/').Take(count))))
            .Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> CirclesOf(string house) =>
        Circles(ArrowsOf(house)).Select(circle => $"{house}: {string.Join(' ', circle)}");

    /// <summary>
    /// From each folder directly in a house to the others whose namespaces its files use; deeper folders belong to the one at the top.
    /// </summary>
    private static Dictionary<string, HashSet<string>> ArrowsOf(string house)
    {
        var root = RepoRoot.Combine("src", house);
        var rooms = Directory.EnumerateDirectories(root)
            .Select(folder => Path.GetFileName(folder))
            .Where(folder => folder is not ("bin" or "obj"));
        var arrows = rooms.ToDictionary(room => room, _ => new HashSet<string>(StringComparer.Ordinal), StringComparer.Ordinal);
        var start = $"ModelOps.{house.Replace('/', '.')}.";
        foreach (var file in Source.Files().Where(file => file.StartsWith(root + '/', StringComparison.Ordinal)))
        {
            var from = Path.GetRelativePath(root, file).Split('/')[0];
            if (!arrows.TryGetValue(from, out var to))
                continue;
            to.UnionWith(File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
                .SelectMany(line => Names().Matches(line)).Select(match => match.Value)
                .Where(name => name.StartsWith(start, StringComparison.Ordinal)).Select(name => name[start.Length..].Split('.')[0])
                .Where(arrows.ContainsKey));
            to.Remove(from);
        }

        return arrows;
    }

    /// <summary>Sets of more than one folder in which each leads to each other.</summary>
    private static IEnumerable<string[]> Circles(Dictionary<string, HashSet<string>> arrows)
    {
        var reach = arrows.Keys.ToDictionary(folder => folder, folder => Reached(arrows, folder), StringComparer.Ordinal);
        return arrows.Keys
            .Select(folder => reach[folder].Where(other => reach[other].Contains(folder)).Order(StringComparer.Ordinal).ToArray())
            .Where(circle => circle.Length > 1)
            .DistinctBy(circle => circle[0], StringComparer.Ordinal);
    }

    private static HashSet<string> Reached(Dictionary<string, HashSet<string>> arrows, string from)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var left = new Stack<string>(arrows[from]);
        while (left.TryPop(out var folder))
        {
            if (reached.Add(folder))
                arrows[folder].ToList().ForEach(left.Push);
        }

        return reached;
    }

    [GeneratedRegex("\\bModelOps(\\.[A-Za-z]+){2,}", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Names();
}
