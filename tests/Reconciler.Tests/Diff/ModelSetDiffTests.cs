using ModelOps.ModelfileLang.Diff;
using ModelOps.Reconciler.Diff;
using ModelOps.Reconciler.Tests.Sources;

namespace ModelOps.Reconciler.Tests.Diff;

/// <summary>Two states of a models repository, compared by meaning.</summary>
public sealed class ModelSetDiffTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Form_and_order_are_no_change()
    {
        var diff = await CompareAsync(
            "- name: a\n  inline: |\n    FROM pico:1\n    PARAMETER top_k 3\n    PARAMETER seed 1\n- name: b\n  inline: FROM pico:2",
            "# comment\n- { name: 'b', inline: 'FROM pico:2' }\n- name: a\n  residency: { mode: onDemand }\n  inline: |\n    from "
            + "pico:1\n    PARAMETER seed 1\n    PARAMETER top_k 3");
        Assert.True(diff.IsEmpty, ModelSetDiffText.Write(diff));
        Assert.Equal("No change of meaning.\n", ModelSetDiffText.Write(diff));
    }

    [Theory]
    [InlineData("residency: { mode: always }", "residency.mode", UpdateClass.Live)]
    [InlineData("residency: { keepAlive: 5m }", "residency.keepAlive", UpdateClass.Live)]
    [InlineData("residency: { priority: 7 }", "residency.priority", UpdateClass.Live)]
    [InlineData("aliases: [other]", "aliases", UpdateClass.Live)]
    [InlineData("protect: true", "protect", UpdateClass.Live)]
    [InlineData("runtime: { context: 4096 }", "runtime.context", UpdateClass.Context)]
    [InlineData("runtime: { parallel: 4 }", "runtime.parallel", UpdateClass.Context)]
    [InlineData("runtime: { kvCacheType: q8_0 }", "runtime.kvCacheType", UpdateClass.Context)]
    [InlineData("runtime: { prefixTokens: 4096 }", "runtime.prefixTokens", UpdateClass.Context)]
    [InlineData("runtime: { speculation: { lookupTokens: 8 } }", "runtime.speculation.lookupTokens", UpdateClass.Context)]
    [InlineData("runtime: { speculation: { draftTokens: 0 } }", "runtime.speculation.draftTokens", UpdateClass.Context)]
    [InlineData("rollout: { strategy: drainSwap }", "rollout.strategy", UpdateClass.Live)]
    [InlineData("rollout: { gate: { smoke: [{ prompt: Hello }] } }", "rollout.gate.smoke", UpdateClass.Live)]
    public async Task Each_setting_has_its_class(string setting, string key, UpdateClass cost)
    {
        var diff = await CompareAsync("- name: a\n  inline: FROM pico:1", $"- name: a\n  inline: FROM pico:1\n  {setting}");
        var model = Assert.Single(diff.Models);
        Assert.Contains(model.Settings, change => change.Key == key && change.Class == cost);
        Assert.Equal(cost, model.Class);
    }

    [Fact]
    public async Task A_model_of_another_name_with_the_same_build_was_moved()
    {
        var diff = await CompareAsync(
            "- name: old\n  inline: FROM pico:1\n- name: twin\n  inline: FROM pico:1\n- name: other\n  inline: FROM pico:2",
            "- name: new\n  inline: FROM pico:1\n  protect: true\n- name: fresh\n  inline: FROM pico:3");

        Assert.Equal(
            [("fresh:latest", ChangeKind.Added), ("new:latest", ChangeKind.Changed), ("other:latest", ChangeKind.Removed),
                ("twin:latest", ChangeKind.Removed)],
            diff.Models.Select(model => (model.Name, model.Kind)));
        Assert.Equal(UpdateClass.Live, diff.Models[1].Class);
        Assert.Equal(["name", "protect"], diff.Models[1].Settings.Select(change => change.Key));
        Assert.Contains("~ name  live  old:latest → new:latest", ModelSetDiffText.Write(diff), StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_gone_and_changed_models_are_told_apart()
    {
        var diff = await CompareAsync(
            "- name: gone\n  inline: FROM pico:3\n- name: same\n  inline: FROM pico:1\n- name: text\n  inline: |\n    FROM pico:1\n    "
            + "SYSTEM You are kind.",
            "- name: fresh\n  inline: FROM pico:1\n- name: same\n  inline: FROM pico:1\n- name: text\n  inline: |\n    FROM pico:2\n    "
            + "SYSTEM You are terse.");
        Assert.Equal(
            [("fresh:latest", ChangeKind.Added), ("gone:latest", ChangeKind.Removed), ("text:latest", ChangeKind.Changed)],
            diff.Models.Select(model => (model.Name, model.Kind)));
        Assert.Equal(UpdateClass.Weights, diff.Models[2].Class);
        Assert.Equal(["FROM", "SYSTEM"], diff.Models[2].Modelfile.Changes.Select(change => change.Subject));
        Assert.Contains("[-kind-]{+terse+}", ModelSetDiffText.Write(diff), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_the_whole_set_are_compared()
    {
        var diff = await CompareAsync(
            "- name: a\n  inline: FROM pico:1", "- name: a\n  inline: FROM pico:1",
            "  prune: { enabled: false }\n  drift: { models: warn }");
        Assert.Equal(["prune.enabled", "drift.models"], diff.Settings.Select(change => change.Key));
        Assert.Empty(diff.Models);
    }

    [Fact]
    public async Task Markdown_holds_nothing_that_works()
    {
        var diff = await CompareAsync(
            "- name: a\n  inline: FROM pico:1",
            "- name: a\n  inline: |\n    FROM pico:1\n    SYSTEM \"\"\"@everyone <img src=x> [l](http://x) ``` | `\"\"\"\n    PARAMETER "
            + "stop \"<|@team|>\"\n  rollout: { gate: { smoke: [{ prompt: '<b>@all</b> | x' }] } }");
        var text = ModelSetDiffMarkdown.Write(diff);
        var outside = System.Text.RegularExpressions.Regex.Replace(
            text, "(?ms)^(?<fence>`{3,}).*?^\\k<fence>$", "", System.Text.RegularExpressions.RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(5));
        Assert.DoesNotContain("<b>", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", outside, StringComparison.Ordinal);
        Assert.DoesNotContain(" @all", outside, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_is_compared_with_the_files_as_they_are()
    {
        File.WriteAllText(_folder.Combine("modelops.yaml"), Whole("- name: a\n  modelfile: Modelfile"));
        File.WriteAllText(_folder.Combine("Modelfile"), "FROM ./w.gguf\n");
        File.WriteAllBytes(_folder.Combine("w.gguf"), Reconciling.TinyGguf.Bytes("one"));
        Git("init", "-q");
        Git("add", "-A");
        Git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "one");
        Assert.True((await FromHeadAsync()).IsEmpty);

        File.WriteAllBytes(_folder.Combine("w.gguf"), Reconciling.TinyGguf.Bytes("two"));
        var model = Assert.Single((await FromHeadAsync()).Models);
        Assert.Equal(UpdateClass.Weights, model.Class);
        Assert.Contains("w.gguf", Assert.Single(model.Settings).Key, StringComparison.Ordinal);
    }

    private async Task<ModelSetDiff> FromHeadAsync()
    {
        var token = TestContext.Current.CancellationToken;
        var old = await RevisionReader.ReadCommitAsync(_folder.Path, "HEAD", [], null, TimeProvider.System, token);
        var now = await RevisionReader.ReadFolderAsync(_folder.Path, [], null, TimeProvider.System, token);
        return ModelSetDiff.Compare(old.State!, now.State!);
    }

    private void Git(params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start("git", ["-C", _folder.Path, .. arguments]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private async Task<ModelSetDiff> CompareAsync(string old, string @new, string more = "")
    {
        var states = new List<Reconciler.Desired.DesiredState>();
        foreach (var (name, text) in new[] { ("old", Whole(old)), ("new", Whole(@new) + more) })
        {
            Directory.CreateDirectory(_folder.Combine(name));
            File.WriteAllText(Path.Combine(_folder.Combine(name), "modelops.yaml"), text);
            var result = await RevisionReader.ReadFolderAsync(
                _folder.Combine(name), [], null, TimeProvider.System, TestContext.Current.CancellationToken);
            Assert.True(result.State is not null, string.Join('\n', result.Diagnostics));
            states.Add(result.State!);
        }

        return ModelSetDiff.Compare(states[0], states[1]);
    }

    private static string Whole(string models) =>
        "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: set }\nspec:\n  models:\n"
            + string.Concat(models.Split('\n').Select(line => $"    {line}\n"));
}
