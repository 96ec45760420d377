using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.TestKit.Generated;

namespace ModelOps.EndToEnd;

/// <summary>
/// Clients that hang up: in the queue, in the prompt, in the answer. What they held is free at once; slow ones hold up nobody.
/// </summary>
public class DisconnectTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>One slot, so that a second request gets it only when the first has left it.</summary>
    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: chat
              inline: |
                FROM pico.gguf
              runtime: { parallel: 1 }
            - name: other
              inline: |
                FROM other.gguf
            - name: deep
              inline: |
                FROM deep.gguf
                PARAMETER num_batch 256
              runtime: { parallel: 1, context: 16384 }
        """;

    /// <summary>
    /// The bar. The best of a few attempts counts: the machine may be busy with others, and cold code costs more than the work.
    /// </summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    private const int Unread = 4000;

    private const int Attempts = 5;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Who_hangs_up_while_it_is_answered_frees_the_slot()
    {
        await using var daemon = await ServeAsync();
        await AssertInTimeAsync(async () =>
        {
            var first = await EndlessStream.StartAsync(daemon, "chat");
            return await FreesAsync(daemon, "chat", first.Dispose);
        });
    }

    [Fact]
    public async Task Who_hangs_up_while_its_prompt_is_computed_frees_the_slot()
    {
        await using var daemon = await ServeAsync();
        await daemon.SendAsync(HttpMethod.Post, "api/generate", new JsonObject { ["model"] = "deep" });
        var random = new Random(1);
        await AssertInTimeAsync(async () =>
        {
            // What an engine says of itself may be a second old, and of another attempt.
            await daemon.WaitAsync("the engine is idle", async () => Active(await StatusAsync(daemon)) == 0);
            using var hangUp = new CancellationTokenSource();
            var prompt = string.Concat(Enumerable.Range(0, 15_000).Select(_ => "bcdfghjklmnpqrstvwxz"[random.Next(20)]));
            var first = daemon.Http.PostAsync("v1/completions", new StringContent(EndlessStream.Body("deep", prompt)), hangUp.Token);
            await daemon.WaitAsync("the prompt is being computed", async () => Active(await StatusAsync(daemon)) == 1);
            var time = await FreesAsync(daemon, "deep", hangUp.Cancel);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
            return time;
        });

        static int Active(JsonNode status) => (int)Engine(status, "deep")!["activeSequences"]!;
    }

    [Fact]
    public async Task Who_hangs_up_in_the_queue_of_an_engine_leaves_it()
    {
        await using var daemon = await ServeAsync();
        using var busy = await EndlessStream.StartAsync(daemon, "chat");
        await AssertInTimeAsync(async () =>
        {
            using var hangUp = new CancellationTokenSource();
            var waiting = daemon.Http.PostAsync("v1/completions", new StringContent(EndlessStream.Body("chat")), hangUp.Token);
            await daemon.WaitAsync("it waits", async () => Requests(await StatusAsync(daemon)) == 2);
            var time = await GoesAsync(daemon, hangUp.Cancel, status => Requests(status) == 1);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            return time;
        });
    }

    [Fact]
    public async Task Who_waits_for_memory_is_shown_with_the_reason_and_leaves_the_queue_when_it_hangs_up()
    {
        await using var daemon = await ServeAsync("--memory", "30MB");
        using var busy = await EndlessStream.StartAsync(daemon, "chat");
        using var hangUp = new CancellationTokenSource();
        var waiting = daemon.Http.PostAsync("v1/completions", new StringContent(EndlessStream.Body("other")), hangUp.Token);
        await daemon.WaitAsync("it waits", async () => Waiting(await StatusAsync(daemon)).Count == 1);

        var shown = Waiting(await StatusAsync(daemon))[0]!;
        Assert.Equal(
            ("other:latest", "Memory", "memory is being freed for its model"),
            ((string?)shown["model"], (string?)shown["reason"], (string?)shown["message"]));
        Assert.Contains(
            "other: memory is being freed",
            (await Executable.RunAsync(["status", "--host", daemon.Address.ToString()])).Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "modelops_waiting_requests{reason=\"memory\"} 1\n", await daemon.Http.GetStringAsync("metrics"), StringComparison.Ordinal);

        await GoesAsync(daemon, hangUp.Cancel, status => Waiting(status).Count == 0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Who_hangs_up_while_its_model_is_loaded_ends_the_load_even_if_its_worker_hangs()
    {
        await using var daemon = await ServeAsync();
        var met = "";
        foreach (var model in (string[])["deep", "other", "chat"])
        {
            if (met.Length == 0 && await HangsUpWhileLoadingAsync(daemon, model))
                met = model;
        }

        Assert.True(met.Length > 0, "no load was slow enough to be met");
        await daemon.AskAsync(met, "What is the capital of Japan?");
        Assert.NotNull(Engine(await StatusAsync(daemon), met));
    }

    [Fact]
    public async Task Readers_that_read_nothing_hold_up_nobody_and_fill_no_memory()
    {
        await using var daemon = await ServeAsync();
        await daemon.AskAsync("other", "Hello");
        var before = ProcessMemory.Anonymous(daemon.ProcessId);
        var slow = new List<EndlessStream>();
        for (var reader = 0; reader < 4; reader++)
            slow.Add(await EndlessStream.StartAsync(daemon, "other", Unread));

        // All four slots decode for readers who stopped reading; they end by their limit, which nobody could if one of them had to be
        // waited for.
        await daemon.WaitAsync("their answers are complete", async () => await Decoded(daemon) >= 4 * Unread, TimeSpan.FromMinutes(3));
        var clock = Stopwatch.StartNew();
        Assert.Contains("apital", await daemon.AskAsync("other", "What is the capital of Japan?"), StringComparison.Ordinal);
        var answered = clock.ElapsedMilliseconds;

        // What was made while they were decoded is garbage until enough new things were made, a cache of the processor full as a rule; what is
        // held does not go.
        var (after, most) = (long.MaxValue, before + (Executable.IsNative ? 8_000 : 40_000));
        for (var look = 0; look < 500 && after > most; look++)
        {
            after = Math.Min(after, ProcessMemory.Anonymous(daemon.ProcessId));
            await daemon.AskAsync("other", "What is the capital of Japan?");
        }

        output.WriteLine(
            $"an answer beside them: {answered} ms; {before} KB anonymous before, "
                + $"{after} KB with four unread answers of {Unread} tokens");
        Assert.InRange(after, 0, most);

        var rest = await slow[0].RestAsync();
        Assert.Contains("[DONE]", rest[^1], StringComparison.Ordinal);
        slow.ForEach(stream => stream.Dispose());

        static async Task<long> Decoded(Daemon daemon) =>
            (await daemon.Http.GetStringAsync("metrics")).Split('\n').Where(
                line => line.StartsWith("modelops_engine_decoded_tokens_total", StringComparison.Ordinal))
                .Sum(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
    }

    private async Task AssertInTimeAsync(Func<Task<TimeSpan>> attempt)
    {
        var times = new List<TimeSpan>();
        do
            times.Add(await attempt());
        while (times[^1] > Limit && times.Count < Attempts);
        output.WriteLine(
            $"ms: {string.Join(' ', times.Select(time => time.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture)))}");
        Assert.InRange(times.Min(), TimeSpan.Zero, Limit);
    }

    /// <summary>Time from hanging up to the answer of a second request that waits for the only slot.</summary>
    private static async Task<TimeSpan> FreesAsync(Daemon daemon, string model, Action hangUp)
    {
        var body = $$"""{"model":"{{model}}","prompt":"Hi","raw":true,"stream":false,"options":{"num_predict":1} }""";
        var second = daemon.Http.PostAsync("api/generate", new StringContent(body));
        await daemon.WaitAsync("a second request waits", async () => Requests(await StatusAsync(daemon)) == 2);
        Assert.False(second.IsCompleted);

        var clock = Stopwatch.StartNew();
        hangUp();
        using var reply = await second;
        var time = clock.Elapsed;
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
        await daemon.WaitAsync("nobody is left", async () => Requests(await StatusAsync(daemon)) == 0);
        return time;
    }

    /// <summary>Time from hanging up until the status shows it no more.</summary>
    private static async Task<TimeSpan> GoesAsync(Daemon daemon, Action hangUp, Func<JsonNode, bool> isGone)
    {
        var clock = Stopwatch.StartNew();
        hangUp();
        while (!isGone(await StatusAsync(daemon)))
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        return clock.Elapsed;
    }

    /// <summary>Stops a worker as soon as it is there, which is long before its model is in memory. False when it was faster.</summary>
    private static async Task<bool> HangsUpWhileLoadingAsync(Daemon daemon, string model)
    {
        using var hangUp = new CancellationTokenSource();
        var asking = daemon.Http.PostAsync("v1/completions", new StringContent(EndlessStream.Body(model)), hangUp.Token);
        for (var clock = Stopwatch.StartNew(); daemon.Workers().Count == 0; await Task.Delay(1))
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        var worker = Assert.Single(daemon.Workers());
        await SignalAsync(worker, "STOP");
        var isLoading = (string?)Engine(await StatusAsync(daemon), model)?["phase"] == "loading";
        if (!isLoading)
            await SignalAsync(worker, "KILL");
        await hangUp.CancelAsync();
        await daemon.WaitAsync(
            "the load is given up and its worker is gone",
            async () => daemon.Workers().Count == 0 && (await StatusAsync(daemon))["engines"]!.AsArray().Count == 0);
        await Task.WhenAny(asking);
        return isLoading;
    }

    private static async Task SignalAsync(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static async Task<JsonNode> StatusAsync(Daemon daemon) => (await daemon.GetAsync("modelops/v1/status"))["runtime"]!;

    private static int Requests(JsonNode runtime) => runtime["engines"]!.AsArray().Sum(engine => (int)engine!["requests"]!);

    private static JsonArray Waiting(JsonNode runtime) => runtime["waiting"]!.AsArray();

    private static JsonNode? Engine(JsonNode runtime, string model) =>
        runtime["engines"]!
            .AsArray()
            .SingleOrDefault(engine => engine!["models"]!.AsArray().Any(name => (string?)name == $"{model}:latest"));

    private async Task<Daemon> ServeAsync(params string[] options)
    {
        var path = _folder.Combine("repository");
        Directory.CreateDirectory(path);
        PicoVariant.Write(Path.Combine(path, "other.gguf"), 1);
        _ = GeneratedModel.Write(ModelShape.Llama(128, 4, 4, 4, 256, 32_768), Path.Combine(path, "deep.gguf"));
        return await Daemon.StartReadyAsync(ModelsRepository.With(path, Yaml).Path, _folder.Combine("home"), options);
    }
}
