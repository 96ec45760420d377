using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>
/// How changes come into force or do not, with a real engine: gates, observation, windows, memory, and two servers on one store.
/// </summary>
public class RolloutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_text_that_is_not_likely_enough_holds_the_build_and_a_bound_that_it_keeps_lets_it_serve()
    {
        static string Gate(string bound) =>
            "rollout: { gate: { smoke: [ { prompt: Say ok., maxTokens: 4, expect: { notEmpty: true } } ], minTokensPerSecond: 1, "
            + $"maxFirstToken: 1m, likelihood: [ {{ text: The sky is blue., minPerToken: {bound} }} ] }} }}";
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml("a", Gate("-30")), ("Modelfile", Modelfile("one")));
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"), "--poll-interval", "1s");
        File.WriteAllText(Path.Combine(repository.Path, "Modelfile"), Modelfile("two"));
        repository.Commit("modelops.yaml", Yaml("a", Gate("-0.001")));

        await daemon.WaitAsync("held", async () => (await ModelAsync(daemon))["hold"] is not null);

        var held = await ModelAsync(daemon);
        Assert.Contains("a token of \"The sky is blue.\" has the logarithm -", (string)held["hold"]!, StringComparison.Ordinal);
        Assert.NotEqual((string?)held["desiredBuild"], (string?)held["servedBuild"]);

        var commit = repository.Commit("modelops.yaml", Yaml("a", Gate("-30")));
        await daemon.WaitAsync("applied", async () => await AppliedAsync(daemon) == commit);
    }

    [Fact]
    public async Task A_build_that_begins_to_answer_too_late_goes_back_by_itself_and_stays_so()
    {
        const string Rule = "rollout: { rollback: { automatic: true, observe: 10m, minRequests: 3, maxFirstToken: 1ms } }";
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml("a", Rule), ("Modelfile", Modelfile("one")));
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"), "--poll-interval", "1s");
        var first = (string)(await ModelAsync(daemon))["servedBuild"]!;
        var commit = repository.Commit("Modelfile", Modelfile("two"));
        await daemon.WaitAsync("applied", async () => await AppliedAsync(daemon) == commit);

        for (var count = 0; count < 4; count++)
            Assert.DoesNotContain("50", (await daemon.AskAsync("a", "Why is the sky blue?"))[..2], StringComparison.Ordinal);
        await daemon.WaitAsync("rolled back", async () => (string?)(await ModelAsync(daemon))["servedBuild"] == first);

        await daemon.WaitAsync("held", async () => (await ModelAsync(daemon))["hold"] is not null);
        Assert.Contains("its first token took", (string)(await ModelAsync(daemon))["hold"]!, StringComparison.Ordinal);
        Assert.Equal("modelops (observation)", (string?)(await ModelAsync(daemon))["heldBy"]);
    }

    [Fact]
    public async Task A_closed_window_puts_a_change_off_and_a_sync_says_until_when()
    {
        const string Never = "maintenanceWindows: [ { kind: deny, schedule: \"0 0 * * *\", duration: 1d, timeZone: Europe/Berlin } ]";
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml("a"), ("Modelfile", Modelfile("one")));
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"), "--poll-interval", "1s");
        var served = (string)(await ModelAsync(daemon))["servedBuild"]!;
        File.WriteAllText(Path.Combine(repository.Path, "Modelfile"), Modelfile("two"));
        repository.Commit("modelops.yaml", Yaml("a").Replace("  models:", $"  {Never}\n  models:", StringComparison.Ordinal));

        var sync = await Executable.RunAsync(["sync", "--host", daemon.Address.Authority], new Dictionary<string, string>());

        Assert.Equal(5, sync.ExitCode);
        Assert.Contains("forbids changes", sync.Output + sync.Error, StringComparison.Ordinal);
        Assert.Equal(served, (string?)(await ModelAsync(daemon))["servedBuild"]);
    }

    [Fact]
    public async Task Pins_that_do_not_fit_are_told_with_the_arithmetic_before_and_while_they_serve()
    {
        const string Models = """
            apiVersion: modelops/v1alpha1
            kind: ModelSet
            metadata: { name: test }
            spec:
              models:
                - { name: assistant, inline: FROM pico.gguf, runtime: { context: 2048 }, residency: { mode: always, priority: 9 } }
                - { name: terse, inline: FROM pico.gguf, runtime: { context: 1024, parallel: 2 }, residency: { mode: always, priority: 5 } }
                - { name: tutor, inline: FROM pico.gguf, runtime: { context: 1024 }, residency: { mode: always } }
            """;
        var repository = ModelsRepository.With(_folder.Combine("repository"), Models);
        var lint = await Executable.RunAsync(["lint", "--memory", "40MB", repository.Path], new Dictionary<string, string>());
        await using var daemon = await Daemon.StartAsync(repository.Path, _folder.Combine("home"), "--memory", "40MB");
        await daemon.WaitAsync("both others are in memory", async () =>
            ModelsOf(await daemon.GetAsync("modelops/v1/status")).Count(model => (bool)model["resident"]!) == 2);

        Assert.Matches("DS2001: tutor needs [0-9.]+ MB, [0-9.]+ MB of 40 MB are free; pinned: assistant [0-9.]+ MB, terse", lint.Output);
        var condition = (await daemon.GetAsync("modelops/v1/status"))["conditions"]!.AsArray()
            .Single(known => (string?)known!["type"] == "CapacityShort")!;
        Assert.Matches("tutor needs [0-9.]+ MB, [0-9.]+ MB of 40 MB are free; pinned: assistant", (string)condition["message"]!);
    }

    [Fact]
    public async Task Two_servers_on_one_store_never_serve_one_name_by_turns()
    {
        var mine = ModelsRepository.With(_folder.Combine("mine"), Yaml("a"), ("Modelfile", Modelfile("one")));
        var theirs = ModelsRepository.With(_folder.Combine("theirs"), Yaml("a"), ("Modelfile", Modelfile("two")));
        var store = new Dictionary<string, string> { ["OLLAMA_MODELS"] = _folder.Combine("store") };
        string[] often = ["--poll-interval", "1s"];
        await using var second = await StartSecondAsync();
        async Task<Daemon> StartSecondAsync()
        {
            await using var first = await Daemon.StartWithAsync(store, mine.Path, _folder.Combine("first"), often);
            await first.WaitAsync("ready", async () => (bool)(await first.GetAsync("modelops/v1/status"))["ready"]!);
            var served = (string)(await ModelAsync(first))["servedBuild"]!;
            var other = await Daemon.StartWithAsync(store, theirs.Path, _folder.Combine("second"), often);
            await other.WaitAsync("the conflict is told", async () => (string?)(await ModelAsync(other))["reason"] == "NameConflict");
            Assert.Contains(_folder.Combine("first"), (string)(await ModelAsync(other))["message"]!, StringComparison.Ordinal);
            Assert.Equal(served, (string?)(await ModelAsync(first))["servedBuild"]);
            Assert.True((bool)(await first.GetAsync("modelops/v1/status"))["ready"]!);
            return other;
        }

        // The first one has ended, so the name is free.
        await second.WaitAsync(
            "the second one serves it", async () => (bool)(await second.GetAsync("modelops/v1/status"))["ready"]!,
            TimeSpan.FromSeconds(60));
    }

    private static string Modelfile(string text) => $"FROM pico.gguf\nSYSTEM {text}\nPARAMETER num_ctx 512\nPARAMETER num_predict 8\n";

    private static string Yaml(string name, string more = "protect: false") =>
        "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: test }\nspec:\n  models:\n"
        + $"    - name: {name}\n      modelfile: Modelfile\n      residency: {{ mode: always }}\n      {more}\n";

    private static async Task<JsonNode> ModelAsync(Daemon daemon) =>
        ModelsOf(await daemon.GetAsync("modelops/v1/status")).FirstOrDefault() ?? new JsonObject();

    private static IEnumerable<JsonNode> ModelsOf(JsonNode status) => (status["models"] as JsonArray ?? []).OfType<JsonNode>();

    private static async Task<string?> AppliedAsync(Daemon daemon) =>
        (string?)(await daemon.GetAsync("modelops/v1/status"))["source"]?["applied"];
}
