using System.Text.RegularExpressions;
using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Architecture;

/// <summary>docs/spec/metrics.md names what the code measures, and nothing else.</summary>
public partial class MetricsDocumentTests
{
    private static readonly string s_document = File.ReadAllText(RepoRoot.Combine("docs", "spec", "metrics.md"));

    [Fact]
    public void Every_metric_is_documented_and_every_documented_one_exists() =>
        Assert.Equal(Texts().SelectMany(text => Written().Matches(text)).Select(Name).Distinct().Order(), Rows(Documented()));

    [Fact]
    public void Every_span_is_documented_and_every_documented_one_exists() =>
        Assert.Equal(
            Texts()
                .SelectMany(text => Spans().Matches(text))
                .SelectMany(match => Words().Matches(match.Groups["name"].Value))
                .Select(Name)
                .Distinct()
                .Order(),
            Rows(DocumentedSpans()));

    private static IEnumerable<string> Texts() => Source.Files().Select(File.ReadAllText);

    private static IOrderedEnumerable<string> Rows(Regex row) => row.Matches(s_document).Select(Name).Order();

    private static string Name(Match match) => match.Groups["name"].Value;

    [GeneratedRegex(
        "(?:Create[A-Za-z]+(?:<[a-z]+>)?\\(|page\\.Head\\(|Gauge\\(|Seconds\\()\\s*\"(?<name>modelops_[a-z_]+)\"", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Written();

    [GeneratedRegex("^\\| `(?<name>modelops_[a-z_]+)`", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Documented();

    [GeneratedRegex("RuntimeTraces\\.(?:Start|Tell)\\((?<name>[^;]+);", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Spans();

    [GeneratedRegex("\"(?<name>[a-z]+)\"", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Words();

    [GeneratedRegex("^\\| `(?<name>[a-z]+)` \\|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex DocumentedSpans();
}
