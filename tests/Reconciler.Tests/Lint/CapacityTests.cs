using System.Globalization;
using System.Text.RegularExpressions;
using ModelOps.ModelfileLang.Lint;
using ModelOps.Reconciler.Diff;
using ModelOps.Reconciler.Lint;
using ModelOps.Reconciler.Tests.Sources;
using ModelOps.Runtime.Contract;
using ModelOps.TestKit;

namespace ModelOps.Reconciler.Tests.Lint;

/// <summary>Pins that do not fit together are told before anything is built, with the arithmetic.</summary>
public sealed partial class CapacityTests : IDisposable
{
    private const string Always = "residency: { mode: always, priority: ";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_last_by_priority_is_told_with_what_it_needs_what_is_free_and_what_the_others_take()
    {
        Declare(
            $"- {{ name: low, inline: FROM w.gguf, runtime: {{ context: 1024 }}, {Always}1 }} }}",
            $"- {{ name: high, inline: FROM w.gguf, runtime: {{ context: 2048 }}, {Always}9 }} }}",
            $"- {{ name: mid, inline: FROM low, {Always}5 }}, runtime: {{ context: 1024, parallel: 2 }} }}",
            "- { name: free, inline: FROM w.gguf }");

        var text = await ShortageAsync(40_000_000);

        Assert.Matches(@"^low needs [0-9.]+ MB, [0-9.]+ MB of 40 MB are free; pinned: high [0-9.]+ MB, mid [0-9.]+ MB$", text);
        var numbers = Number().Matches(text!).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture)).ToArray();
        Assert.True(numbers[0] > numbers[1], text);
        Assert.True(numbers[3] > numbers[4], text);
        Assert.True(numbers[3] + numbers[4] > 40 - numbers[1], "what is shared was not counted once");
    }

    [Fact]
    public async Task What_fits_is_not_told_and_models_of_one_engine_count_once()
    {
        Declare(
            $"- {{ name: one, inline: FROM w.gguf, runtime: {{ context: 2048 }}, {Always}1 }} }}",
            $"- {{ name: two, inline: \"FROM w.gguf\\nSYSTEM other\", runtime: {{ context: 2048 }}, {Always}1 }} }}");

        Assert.Null(await ShortageAsync(1_000_000_000));

        // Room for one engine, and both are served by it.
        Assert.Null(await ShortageAsync(30_000_000));
    }

    [Fact]
    public async Task A_comparison_tells_it_of_the_newer_state_in_every_format()
    {
        Declare($"- {{ name: one, inline: FROM w.gguf, {Always}1 }} }}");
        var token = TestContext.Current.CancellationToken;
        var state = (await RevisionReader.ReadFolderAsync(
            _folder.Path, [], engine: null, TimeProvider.System, token, capacity: Of(1_000_000))).State!;

        var diff = ModelSetDiff.Compare(state, state);

        Assert.Contains("! CapacityShort: one needs", ModelSetDiffText.Write(diff), StringComparison.Ordinal);
        Assert.Contains("- CapacityShort: one needs", ModelSetDiffMarkdown.Write(diff), StringComparison.Ordinal);
        Assert.StartsWith("one needs", (string?)ModelSetDiffJson.Write(diff)["shortages"]![0], StringComparison.Ordinal);
    }

    private static HostOptions Of(long budget) => new() { MemoryBudget = budget };

    private async Task<string?> ShortageAsync(long budget)
    {
        var report = await RepositoryLint.CheckAsync(
            _folder.Path, file => file, _ => false, LintOptions.Default, git: null, TimeProvider.System,
            TestContext.Current.CancellationToken, capacity: Of(budget));
        return report.Findings.Where(finding => finding.Diagnostic.Code == "DS2001").Select(finding => finding.Diagnostic.Message)
            .SingleOrDefault();
    }

    private void Declare(params string[] models)
    {
        File.Copy(
            RepoRoot.Combine("examples", "models-repo", "weights", "pico-q8_0.gguf"), _folder.Combine("w.gguf"), overwrite: true);
        File.WriteAllText(
            _folder.Combine("modelops.yaml"),
            "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: test }\nspec:\n  models:\n"
                + string.Concat(models.Select(model => $"    {model}\n")));
    }

    [GeneratedRegex("[0-9.]+(?= MB)", RegexOptions.None, 10_000)]
    private static partial Regex Number();
}
