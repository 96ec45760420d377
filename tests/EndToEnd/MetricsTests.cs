using System.Text.RegularExpressions;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>Names, kinds and labels of metrics are frozen, and every series is there before anything happens.</summary>
public sealed partial class MetricsTests : IDisposable
{
    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: chat
              aliases: [ talk ]
              residency: { mode: always }
              inline: |
                FROM pico.gguf
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Names_kinds_and_labels_are_those_of_the_list()
    {
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml);
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"));
        await daemon.AskAsync("chat", "What is the capital of Japan?");
        await daemon.Http.GetStringAsync("metrics");
        var page = await daemon.Http.GetStringAsync("metrics");

        Golden.Matches("EndToEnd/metrics.txt", Shape(page));
        Assert.Contains("modelops_rollbacks_total{model=\"talk:latest\"} 0\n", page, StringComparison.Ordinal);
        Assert.Contains("modelops_events_total{type=\"DigestMismatch\"} 0\n", page, StringComparison.Ordinal);
        Assert.Contains("modelops_events_total{type=\"RevisionApplied\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("modelops_model_desired_resident{model=\"chat:latest\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("modelops_condition{object=\"set\",type=\"Ready\",status=\"true\"} 1\n", page, StringComparison.Ordinal);
        Assert.Matches("modelops_sync_lag_seconds_count\\{source=\"[^\"]+\"\\} 1\n", page);
    }

    /// <summary>A line for each metric: name, kind, labels.</summary>
    private static string Shape(string page)
    {
        var kinds = Kinds().Matches(page).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["kind"].Value);
        var labels = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (Match sample in Samples().Matches(page))
        {
            var name = sample.Groups["name"].Value;
            if (!kinds.ContainsKey(name))
                name = Suffix().Replace(name, "");
            var known = labels.TryGetValue(name, out var set) ? set : labels[name] = new SortedSet<string>(StringComparer.Ordinal);
            known.UnionWith(Labels().Matches(sample.Groups["labels"].Value).Select(match => match.Groups["name"].Value));
        }

        foreach (var name in kinds.Keys)
            labels.TryAdd(name, []);
        return string.Concat(labels.Select(entry => $"{entry.Key} {kinds[entry.Key]} {string.Join(',', entry.Value)}".TrimEnd() + "\n"));
    }

    [GeneratedRegex("^# TYPE (?<name>\\S+) (?<kind>\\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Kinds();

    [GeneratedRegex("^(?<name>modelops_\\w+)(\\{(?<labels>.*)\\})? ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Samples();

    [GeneratedRegex("(^|,)(?<name>\\w+)=\"", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Labels();

    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Suffix();
}
