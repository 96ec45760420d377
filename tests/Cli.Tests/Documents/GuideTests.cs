using System.Text.RegularExpressions;
using ModelOps.Cli.Configuration;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.State;
using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Documents;

/// <summary>
/// What the guides name is there: messages, reasons, events, variables, calls, pages. Their commands are run by tests/guides.sh.
/// </summary>
public sealed partial class GuideTests
{
    private const string Absent = "not there";

    private static readonly string s_folder = RepoRoot.Combine("docs", "guide");

    private static readonly Lazy<string> s_source = new(SourceText);

    public static TheoryData<string> Pages { get; } =
        [.. Directory.EnumerateFiles(s_folder, "*.md").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Pictures { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(s_folder, "pictures"), "*.svg").Select(file => Path.GetFileName(file))
            .Order(StringComparer.Ordinal)];

    public static TheoryData<string> Messages { get; } =
        [.. Rows("troubleshooting.md", "## Messages").Select(cells => Code().Match(cells[0]).Groups["code"].Value)];

    [Fact]
    public void Every_reason_is_explained_and_no_other() =>
        Assert.Equal(
            Enum.GetNames<ConditionReason>().Order(StringComparer.Ordinal),
            Rows("troubleshooting.md", "## Reasons").Select(cells => cells[0].Trim('`')).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_event_that_asks_for_somebody_is_explained_and_no_other() =>
        Assert.Equal(
            Enum.GetValues<EventKind>().Where(kind => EventKinds.SeverityOf(kind) >= Severity.Warning).Select(kind => $"{kind}")
                .Order(StringComparer.Ordinal),
            Rows("troubleshooting.md", "## Events").SelectMany(cells => Codes(cells[0])).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_is_one_of_ours(string message) =>
        Assert.All(
            message.Split('…', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            piece => Assert.Contains(piece, s_source.Value, StringComparison.Ordinal));

    [Fact]
    public void Variables_of_Ollama_are_read_or_said_not_to_be()
    {
        var known = HostSettings.All.Select(setting => setting.Variable).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var rows = Rows("moving-from-ollama.md", "## Environment variables").ToArray();
        var told = rows.SelectMany(cells => Codes(cells[0])).ToArray();
        Assert.Equal([], known.Where(name => name.StartsWith("OLLAMA_", StringComparison.Ordinal)).Except(told));

        // Variables of proxies are those of every program.
        var ours = rows.SelectMany(cells => Codes(cells[0]).Select(name => (name, cells[1])));
        foreach (var (name, word) in ours.Where(pair => pair.name.StartsWith("OLLAMA_", StringComparison.Ordinal)))
        {
            var isRead = s_source.Value.Contains($"\"{name}\"", StringComparison.Ordinal);
            Assert.True(isRead == (word != Absent), $"{name} is said to be {word}, and is {(isRead ? "read" : "not read")}");
        }
    }

    [Fact]
    public void Calls_of_Ollama_are_answered_or_said_not_to_be()
    {
        var routes = Route().Matches(File.ReadAllText(RepoRoot.Combine("docs", "spec", "access.md")))
            .Select(match => match.Groups["route"].Value).ToHashSet(StringComparer.Ordinal);
        var rows = Rows("moving-from-ollama.md", "## Calls").ToArray();
        Assert.All(rows, cells => Assert.Contains(cells[1], new[] { "same", "better", "different", Absent }));
        foreach (var (call, word) in rows.SelectMany(cells => Codes(cells[0]).Select(call => (call, cells[1]))))
            Assert.True(routes.Contains(call) == (word != Absent), $"{call} is said to be {word}");
        var told = rows.SelectMany(cells => Codes(cells[0]));
        Assert.Equal([], routes.Where(IsOfOthers).Where(route => !route.StartsWith("HEAD", StringComparison.Ordinal)).Except(told));
    }

    [Fact]
    public void Verbs_that_the_tables_name_are_verbs()
    {
        var verbs = Application.Build(new Shell().Context()).Subcommands
            .SelectMany(verb => verb.Aliases.Prepend(verb.Name)).ToHashSet(StringComparer.Ordinal);
        var named = Rows("moving-from-ollama.md", "## Commands").SelectMany(cells => Codes(cells[1]))
            .Select(command => command.Split(' ')[1]).Where(word => word[0] != '-').ToArray();
        Assert.InRange(named.Length, 15, 100);
        Assert.All(named, verb => Assert.Contains(verb, verbs));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_is_in_the_index_and_its_links_lead_somewhere(string page)
    {
        var indexes = File.ReadAllText(RepoRoot.Combine("docs", "README.md")) + File.ReadAllText(RepoRoot.Combine("README.md"));
        Assert.Contains($"guide/{page})", indexes, StringComparison.Ordinal);
        AssertLinks(Path.Combine(s_folder, page));
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void A_picture_shows_a_command_and_what_it_printed(string picture)
    {
        var rows = Row().Matches(File.ReadAllText(Path.Combine(s_folder, "pictures", picture)))
            .Select(match => match.Groups["row"].Value).Distinct().Count();
        Assert.InRange(rows, 5, 40);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.ko.md")]
    [InlineData("docs/README.md")]
    public void Links_of_an_index_lead_somewhere(string file) => AssertLinks(RepoRoot.Combine(file));

    private static void AssertLinks(string file) =>
        Assert.All(Link().Matches(File.ReadAllText(file)), match =>
        {
            var (path, anchor) = (match.Groups["path"].Value, match.Groups["anchor"].Value);
            var target = path.Length == 0 ? file : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, path));
            Assert.True(Path.Exists(target), $"{file} links to {path}, which is not there");
            if (anchor.Length > 0)
            {
                var headings = Heading().Matches(File.ReadAllText(target));
                Assert.Contains(anchor, headings.Select(heading => AnchorOf(heading.Groups["text"].Value)));
            }
        });

    private static string AnchorOf(string heading) => string.Concat(
        heading.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-');

    private static bool IsOfOthers(string route) =>
        !route.Contains("/modelops/", StringComparison.Ordinal)
        && !new[] { "GET /healthz", "GET /readyz", "GET /metrics", "GET /ui" }.Contains(route);

    /// <summary>The rows of the table below a heading, each in its cells.</summary>
    private static IEnumerable<string[]> Rows(string page, string heading) =>
        File.ReadLines(Path.Combine(s_folder, page)).SkipWhile(line => !line.StartsWith(heading, StringComparison.Ordinal))
            .SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2)
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray());

    private static IEnumerable<string> Codes(string cell) => Code().Matches(cell).Select(match => match.Groups["code"].Value);

    /// <summary>All code with literals that go on in the next line put together, and what is filled in cut out.</summary>
    private static string SourceText()
    {
        var files = Directory.EnumerateFiles(RepoRoot.Combine("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        return Seam().Replace(string.Join('\n', files.Select(File.ReadAllText)), "");
    }

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex("\"\\s*\\+\\s*\\$?\"", RegexOptions.None, 5000)]
    private static partial Regex Seam();

    [GeneratedRegex("^\\| `(?<route>[A-Z]+ [^`]+)` \\|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Route();

    [GeneratedRegex("<text x=\"[^\"]+\" y=\"(?<row>[0-9]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("\\]\\((?!https?:)(?<path>[^)#\\s]*)(#(?<anchor>[^)]+))?\\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();
}
