using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Architecture;

/// <summary>Alert rules and the dashboard use metrics, labels and values that exist.</summary>
public partial class MonitoringTests
{
    private static readonly Dictionary<string, string[]> s_metrics = File
        .ReadLines(RepoRoot.Combine("tests", "EndToEnd", "metrics.txt"))
        .Select(line => line.Split(' '))
        .SelectMany(words => Names(words[0], words[1]).Select(name => (name, Labels: words is [_, _, var labels] ? labels.Split(',') : [])))
        .ToDictionary(metric => metric.name, metric => metric.Labels, StringComparer.Ordinal);

    public static TheoryData<string> Files => ["alerts.yaml", "dashboard.json"];

    [Theory, MemberData(nameof(Files))]
    public void Every_metric_label_and_value_exists(string file)
    {
        var expressions = Expressions(file).ToArray();
        Assert.NotEmpty(expressions);
        foreach (var expression in expressions)
        {
            var metrics = Metrics().Matches(expression);
            Assert.NotEmpty(metrics);
            var labels = new HashSet<string>(StringComparer.Ordinal);
            foreach (Match metric in metrics)
            {
                Assert.True(s_metrics.TryGetValue(metric.Groups["name"].Value, out var known), $"{metric.Groups["name"]} in: {expression}");
                labels.UnionWith(known!);
                foreach (Match matcher in Matchers().Matches(metric.Groups["matchers"].Value))
                {
                    Assert.Contains(matcher.Groups["label"].Value, known!);
                    Assert.Contains(matcher.Groups["value"].Value, ValuesOf(metric.Groups["name"].Value, matcher.Groups["label"].Value));
                }
            }

            foreach (var label in Groupings().Matches(expression).SelectMany(match => match.Groups["labels"].Value.Split(", ")))
                Assert.Contains(label, labels);
        }
    }

    [Fact]
    public void Every_label_that_a_text_names_is_one_of_its_expression()
    {
        foreach (var rule in AlertRules())
        {
            var labels = Metrics().Matches(rule).SelectMany(match => s_metrics[match.Groups["name"].Value])
                .ToHashSet(StringComparer.Ordinal);
            Assert.All(ShownLabels().Matches(rule).Select(match => match.Groups["label"].Value), label => Assert.Contains(label, labels));
        }
    }

    private static IEnumerable<string> AlertRules() => File
        .ReadAllText(RepoRoot.Combine("packaging", "monitoring", "alerts.yaml"))
        .Split("- alert:", StringSplitOptions.None)
        .Skip(1);

    private static IEnumerable<string> Expressions(string file)
    {
        var text = File.ReadAllText(RepoRoot.Combine("packaging", "monitoring", file));
        return file.EndsWith(".json", StringComparison.Ordinal)
            ? JsonNode.Parse(text)!["panels"]!.AsArray().SelectMany(panel => panel!["targets"]!.AsArray())
                .Select(target => (string)target!["expr"]!)
            : Rules().Matches(text).Select(match => match.Groups["expr"].Value);
    }

    private static string[] ValuesOf(string metric, string label) => (metric, label) switch
    {
        ("modelops_condition", "object") => ["set"],
        ("modelops_condition", "type") => Enum.GetNames<ConditionType>(),
        ("modelops_condition", "status") => ["true", "false"],
        ("modelops_events_total", "type") => Enum.GetNames<EventKind>(),
        ("modelops_gate_runs_total", "result") => ["passed", "failed"],
        _ => [],
    };

    private static string[] Names(string name, string kind) =>
        kind == "histogram" ? [$"{name}_bucket", $"{name}_sum", $"{name}_count"] : [name];

    [GeneratedRegex("^ +expr: (?<expr>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Rules();

    [GeneratedRegex("(?<name>modelops_[a-z_]+)(\\{(?<matchers>[^}]*)\\})?", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Metrics();

    [GeneratedRegex("(?<label>\\w+)=~?\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Matchers();

    [GeneratedRegex("\\bby \\((?<labels>[^)]+)\\)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Groupings();

    [GeneratedRegex("\\$labels\\.(?<label>\\w+)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex ShownLabels();
}
