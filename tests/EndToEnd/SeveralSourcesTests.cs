using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>Two repositories in one daemon: one breaks and is mended while the other goes on.</summary>
public sealed class SeveralSourcesTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_source_that_breaks_stops_no_other_and_recovers()
    {
        var main = ModelsRepository.With(_home.Combine("main"), Set("chat", "one"));
        var apps = ModelsRepository.With(_home.Combine("apps"), Set("code", "one"));
        var configuration = _home.Combine("host.yaml");
        await File.WriteAllTextAsync(
            configuration,
            "apiVersion: modelops/v1alpha1\nkind: Host\nsources:\n"
            + $"  - {{ name: main, url: {main.Path}, pollInterval: 1s }}\n  - {{ name: apps, url: {apps.Path}, pollInterval: 1s }}\n",
            TestContext.Current.CancellationToken);
        await using var daemon = await Daemon.StartAsync(source: null, _home.Combine("home"), "--config", configuration);
        await UntilAsync(daemon, "both are ready", status => (bool)status["ready"]!);

        apps.Commit("modelops.yaml", "models: [\n");
        await UntilAsync(daemon, "apps is refused", status => Source(status, "apps")["error"] is not null);
        var second = main.Commit("modelops.yaml", Set("chat", "two"));
        await UntilAsync(daemon, "main goes on", status => (string?)Source(status, "main")["applied"] == second);

        var between = await daemon.GetAsync("modelops/v1/status");
        Assert.True((bool)Source(between, "main")["ready"]!);
        Assert.False((bool)between["ready"]!);
        Assert.True((bool)between["serving"]!);
        Assert.Equal(
            ["chat:latest main", "code:latest apps"], between["models"]!.AsArray().Select(model => $"{model!["name"]} {model["source"]}"));

        apps.Commit("modelops.yaml", Set("code", "mended"));
        await UntilAsync(daemon, "apps is mended", status => (bool)status["ready"]!);
    }

    [Fact]
    public async Task Sources_are_added_changed_and_removed_while_the_server_runs()
    {
        var main = ModelsRepository.With(_home.Combine("main"), Set("chat", "one"));
        var apps = ModelsRepository.With(_home.Combine("apps"), Set("code", "one"));
        var configuration = _home.Combine("host.yaml");
        var first = $"apiVersion: modelops/v1alpha1\nkind: Host\nsources:\n  - {{ name: main, url: {main.Path} }}\n";
        await File.WriteAllTextAsync(configuration, first, TestContext.Current.CancellationToken);
        await using var daemon = await Daemon.StartAsync(source: null, _home.Combine("home"), "--config", configuration);
        await UntilAsync(daemon, "the first is ready", status => (bool)status["ready"]!);

        await ReloadAsync($"{first}  - {{ name: apps, url: {apps.Path} }}\n", "source apps is followed from now on");
        await UntilAsync(daemon, "the second is served", status => (string?)status["sources"]?[1]?["applied"] == apps.Head);
        Assert.NotEmpty(await daemon.AskAsync("code", "Why is the sky blue?"));

        await ReloadAsync($"{first}  - {{ name: apps, url: {apps.Path}, branch: none }}\n", "source apps is followed anew");
        await UntilAsync(daemon, "the missing branch is told", status => Source(status, "apps")["error"] is not null);
        Assert.NotEmpty(await daemon.AskAsync("code", "Why is the sky blue?"));

        await ReloadAsync(first, "source apps is not followed any more");
        await UntilAsync(daemon, "it is gone", status => status["sources"]!.AsArray().Count == 1 && status["orphans"]!.AsArray().Count == 1);
        Assert.NotEmpty(await daemon.AskAsync("code", "Why is the sky blue?"));

        async Task ReloadAsync(string text, string told)
        {
            await File.WriteAllTextAsync(configuration, text, TestContext.Current.CancellationToken);
            daemon.Signal("HUP");
            await daemon.WaitAsync(
                told,
                () => Task.FromResult(daemon.Output.Contains("configuration reloaded: " + told, StringComparison.Ordinal)));
        }
    }

    private static string Set(string name, string system) =>
        "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: set }\nspec:\n  models:\n"
        + $"    - name: {name}\n      inline: |\n        FROM ./pico.gguf\n        SYSTEM {system}\n";

    private static JsonNode Source(JsonNode status, string name) =>
        status["sources"]!.AsArray().Single(source => (string?)source!["name"] == name)!;

    private static Task UntilAsync(Daemon daemon, string what, Func<JsonNode, bool> holds) =>
        daemon.WaitAsync(what, async () => holds(await daemon.GetAsync("modelops/v1/status")));
}
