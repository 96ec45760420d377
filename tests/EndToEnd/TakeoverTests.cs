using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using ModelOps.TestKit.Generated;

namespace ModelOps.EndToEnd;

/// <summary>How builds take over, come back and are mended, with a real engine and clients.</summary>
public sealed class TakeoverTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_new_build_answers_its_share_and_then_all()
    {
        await using var world = await ServeAsync("canary: { share: 25, duration: 8s }");
        var first = await BuildOfAnswerAsync(world.Daemon);
        var commit = world.Change("two");
        await world.Daemon.WaitAsync("the canary", async () => (await ModelAsync(world.Daemon))["operation"]?["canary"] is not null);

        var builds = new List<string>();
        for (var count = 0; count < 8; count++)
            builds.Add(await BuildOfAnswerAsync(world.Daemon));

        Assert.Equal(2, builds.Count(build => build != first));
        await world.Daemon.WaitAsync("applied", async () => await AppliedAsync(world.Daemon) == commit);
        Assert.Equal(builds.First(build => build != first), await BuildOfAnswerAsync(world.Daemon));
        Assert.Equal(
            ["CanaryStarted", "CanaryPassed"], await ToldAsync(world.Daemon, "CanaryStarted", "CanaryPassed", "CanaryAborted"));
    }

    [Fact]
    public async Task A_new_build_that_serves_its_share_badly_answers_nothing_any_more_and_no_request_fails()
    {
        await using var world = await ServeAsync("canary: { share: 50, duration: 10m, minRequests: 3, maxFirstToken: 1ms }");
        var first = await BuildOfAnswerAsync(world.Daemon);
        world.Change("two");
        await world.Daemon.WaitAsync("the canary", async () => (await ModelAsync(world.Daemon))["operation"]?["canary"] is not null);

        await world.Daemon.WaitAsync("held", async () =>
        {
            await BuildOfAnswerAsync(world.Daemon);
            return (await ModelAsync(world.Daemon))["hold"] is not null;
        });

        var model = await ModelAsync(world.Daemon);
        Assert.StartsWith("its canary failed: its first token took", (string)model["hold"]!, StringComparison.Ordinal);
        Assert.Equal(("canary", first), ((string)model["heldBy"]!, (string)model["servedBuild"]!));
        for (var count = 0; count < 4; count++)
            Assert.Equal(first, await BuildOfAnswerAsync(world.Daemon));
    }

    [Fact]
    public async Task While_the_old_build_leaves_first_requests_wait_within_bounds_and_its_last_answer_is_told_and_not_cut()
    {
        await using var world = await ServeAsync("strategy: drainSwap, drain: { deadline: 1s }, queue: { maxRequests: 1, maxWait: 50s }");
        var first = await BuildOfAnswerAsync(world.Daemon);
        string commit;
        Task<string> waiting;

        // Four at once take several times as long as one, which a fast machine ends before the deadline is looked at.
        using var second = await EndlessStream.StartAsync(world.Daemon, "chat");
        using var third = await EndlessStream.StartAsync(world.Daemon, "chat");
        using var fourth = await EndlessStream.StartAsync(world.Daemon, "chat");
        using (var stream = await EndlessStream.StartAsync(world.Daemon, "chat"))
        {
            PicoVariant.Write(Path.Combine(world.Repository.Path, "pico.gguf"), 1);
            commit = world.Change("two");
            await world.Daemon.WaitAsync("it drains", async () => (await ModelAsync(world.Daemon))["draining"] is not null);
            waiting = BuildOfAnswerAsync(world.Daemon);
            await world.Daemon.WaitAsync(
                "one waits",
                async () => (await world.Daemon.GetAsync("modelops/v1/status"))["runtime"]!["waiting"]!.AsArray()
                    .Any(request => (string?)request!["model"] == "chat:latest"));
            using var refused = await world.Daemon.Http.PostAsync("api/generate", Question());
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            await world.Daemon.WaitAsync("the deadline is told", async () => (await ToldAsync(world.Daemon, "DrainTimeout")).Length == 1);
            Assert.DoesNotContain("\"error\"", Assert.IsType<string>(await stream.Reader.ReadLineAsync()), StringComparison.Ordinal);
            Assert.False(waiting.IsCompleted);
            Array.ForEach([second, third, fourth], other => other.Dispose());
        }

        await world.Daemon.WaitAsync("applied", async () => await AppliedAsync(world.Daemon) == commit);
        Assert.NotEqual(first, await waiting);
        var pause = (await ModelAsync(world.Daemon))["pause"]!;
        Assert.Equal((1, 1), ((int)pause["waited"]!, (int)pause["refused"]!));
        Assert.True((long)pause["milliseconds"]! > 900, pause.ToJsonString());
        Assert.Equal(["Paused"], await ToldAsync(world.Daemon, "Paused"));
    }

    [Fact]
    public async Task A_build_whose_engine_dies_again_and_again_goes_back_by_itself()
    {
        await using var world = await ServeAsync("rollback: { automatic: true, observe: 10m }");
        var first = await BuildOfAnswerAsync(world.Daemon);
        PicoVariant.Write(Path.Combine(world.Repository.Path, "pico.gguf"), 1);
        var commit = world.Change("two");
        await world.Daemon.WaitAsync("applied", async () => await AppliedAsync(world.Daemon) == commit);
        await world.Daemon.WaitAsync("the old worker is gone", () => Task.FromResult(world.Daemon.Workers().Count == 1));

        for (var death = 0; death < 3; death++)
        {
            using var stream = await EndlessStream.StartAsync(world.Daemon, "chat");
            Kill(Assert.Single(world.Daemon.Workers()));
            await stream.RestAsync();
        }

        await world.Daemon.WaitAsync("held", async () => (await ModelAsync(world.Daemon))["hold"] is not null);
        await world.Daemon.WaitAsync("rolled back", async () => (string?)(await ModelAsync(world.Daemon))["servedBuild"] == first);
        Assert.StartsWith(
            "its engine died 3 times in a row", (string)(await ModelAsync(world.Daemon))["hold"]!, StringComparison.Ordinal);
        Assert.Equal(first, await BuildOfAnswerAsync(world.Daemon));
    }

    [Fact]
    public async Task A_pinned_model_whose_worker_is_killed_is_in_memory_again_within_its_load_time_and_two_seconds()
    {
        await using var world = await ServeAsync("strategy: warmStandby");
        var load = TimeSpan.Zero;
        for (var crash = 0; crash < 3; crash++)
        {
            var worker = Assert.Single(world.Daemon.Workers());
            var clock = Stopwatch.StartNew();
            Kill(worker);
            await world.Daemon.WaitAsync(
                "another worker has it",
                async () => world.Daemon.Workers() is [var now] && now != worker && (bool)(await ModelAsync(world.Daemon))["resident"]!);
            load = load == TimeSpan.Zero || clock.Elapsed < load ? clock.Elapsed : load;
            await BuildOfAnswerAsync(world.Daemon);

            // The first crashes wait for nothing but the load; a crash loop is another thing.
            Assert.True(clock.Elapsed < load + TimeSpan.FromSeconds(2), $"{clock.Elapsed} after crash {crash}, {load} before");
        }
    }

    [Fact]
    public async Task Weights_that_are_damaged_on_the_disk_are_set_aside_brought_again_and_loaded_anew()
    {
        await using var world = await ServeAsync("strategy: warmStandby");
        var worker = Assert.Single(world.Daemon.Workers());
        var blobs = Path.Combine(world.Daemon.Home, "store", "blobs");
        var weights = new DirectoryInfo(blobs).GetFiles().MaxBy(file => file.Length)!;
        var whole = await File.ReadAllBytesAsync(weights.FullName, TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(weights.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using (var file = weights.OpenWrite())
        {
            file.Position = weights.Length - 1;
            file.WriteByte((byte)(whole[^1] ^ 1));
        }

        using var verified = await world.Daemon.Http.PostAsync("modelops/v1/verify", new StringContent("{}"));
        Assert.Contains("\"problem\":\"damaged\"", await verified.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await world.Daemon.WaitAsync("restored", async () => (await ToldAsync(world.Daemon, "WeightsRestored")).Length == 1);
        await world.Daemon.WaitAsync(
            "loaded anew",
            async () => (bool)(await world.Daemon.GetAsync("modelops/v1/status"))["ready"]!
                && world.Daemon.Workers() is [var now] && now != worker);

        Assert.Equal(whole, await File.ReadAllBytesAsync(weights.FullName, TestContext.Current.CancellationToken));
        Assert.True(File.Exists(Path.Combine(world.Daemon.Home, "store", "quarantine", weights.Name)));
        await BuildOfAnswerAsync(world.Daemon);
        Assert.Equal(["WeightsDamaged", "WeightsRestored"], await ToldAsync(world.Daemon, "WeightsDamaged", "WeightsRestored"));
    }

    [Fact]
    public async Task A_build_whose_vectors_are_far_from_the_stored_one_is_held()
    {
        const string Gated = "rollout: { gate: { embedding: [ { text: The sky is blue., vector: sky.json, minCosine: 0.99 } ] } }";
        var path = _folder.Combine("repository");
        Directory.CreateDirectory(path);
        GeneratedModel.Write(ModelShape.Embedding, Path.Combine(path, "embed.gguf"));
        var repository = ModelsRepository.With(path, Yaml("protect: false"), ("Modelfile", "FROM embed.gguf\n"));
        await using var daemon = await Daemon.StartReadyAsync(path, _folder.Combine("home"), "--poll-interval", "1s");
        var (status, body) = await daemon.SendAsync(
            HttpMethod.Post, "api/embed", new JsonObject { ["model"] = "chat", ["input"] = "The sky is blue." });
        Assert.Equal(HttpStatusCode.OK, status);

        File.WriteAllText(Path.Combine(path, "sky.json"), body!["embeddings"]![0]!.ToJsonString());
        File.WriteAllText(Path.Combine(path, "Modelfile"), "FROM embed.gguf\nPARAMETER num_ctx 256\n");
        var passed = repository.Commit("modelops.yaml", Yaml(Gated));
        await daemon.WaitAsync("the same weights pass", async () => await AppliedAsync(daemon) == passed);
        Assert.Contains("GatePassed", await ToldAsync(daemon, "GatePassed"));

        GeneratedModel.Write(ModelShape.Embedding, Path.Combine(path, "embed.gguf"), seed: 2);
        repository.CommitAll("other weights");
        await daemon.WaitAsync("held", async () => (await ModelAsync(daemon))["hold"] is not null);
        Assert.Matches(
            "the vector of \"The sky is blue.\" has the cosine [-0-9.]+ to sky.json, less than 0.99",
            (string)(await ModelAsync(daemon))["hold"]!);
    }

    private static string Yaml(string more) =>
        "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: test }\nspec:\n  models:\n"
        + $"    - name: chat\n      modelfile: Modelfile\n      residency: {{ mode: always }}\n      {more}\n";

    private static string Modelfile(string system) =>
        $"FROM pico.gguf\nSYSTEM {system}\nPARAMETER temperature 0\nPARAMETER num_ctx 512\nPARAMETER num_predict 4\n";

    private static StringContent Question() => new("""{"model":"chat","prompt":"Why is the sky blue?","stream":false}""");

    private async Task<World> ServeAsync(string rollout)
    {
        var repository = ModelsRepository.With(
            _folder.Combine("repository"), Yaml($"rollout: {{ {rollout} }}"), ("Modelfile", Modelfile("one")));
        return new World(
            repository, await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"), "--poll-interval", "1s"));
    }

    /// <summary>The build that gave an answer, which must be a good one.</summary>
    private static async Task<string> BuildOfAnswerAsync(Daemon daemon)
    {
        using var reply = await daemon.Http.PostAsync("api/generate", Question());
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
        return reply.Headers.GetValues("x-modelops-build").Single();
    }

    private static async Task<JsonNode> ModelAsync(Daemon daemon) =>
        (await daemon.GetAsync("modelops/v1/status"))["models"]!.AsArray().First()!;

    private static async Task<string?> AppliedAsync(Daemon daemon) =>
        (string?)(await daemon.GetAsync("modelops/v1/status"))["source"]?["applied"];

    private static async Task<string[]> ToldAsync(Daemon daemon, params string[] kinds)
    {
        var events = (await daemon.GetAsync("modelops/v1/events?follow=false"))["events"]!.AsArray();
        return [.. events.Select(item => (string)item!["type"]!).Where(kinds.Contains)];
    }

    private static void Kill(int process)
    {
        using var kill = Process.Start("kill", ["-9", $"{process}"]);
        kill.WaitForExit();
    }

    private sealed record World(ModelsRepository Repository, Daemon Daemon) : IAsyncDisposable
    {
        internal string Change(string system) => Repository.Commit("Modelfile", Modelfile(system));

        public ValueTask DisposeAsync() => Daemon.DisposeAsync();
    }
}
