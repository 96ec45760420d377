using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>
/// Streams, hang-ups, other contexts, updates of weights and of prompts, unloads and killed workers, for as long as one likes. It ends
/// flat: anonymous memory and the time to the first token are at the end what they were after the first tenth.
/// </summary>
public class SoakTests(ITestOutputHelper output) : IDisposable
{
    private const string Question = "What is the capital of Japan?";

    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: chat
              modelfile: Modelfile
              residency: { mode: always }
              rollout: { gate: { smoke: [ { prompt: "Say ok.", maxTokens: 4, timeout: 30s } ] } }
            - name: other
              modelfile: Other
              residency: { mode: onDemand, keepAlive: 2s }
        """;

    /// <summary>Ways for a request to end that are no failure here: its worker was killed, or just before it was loaded again.</summary>
    private static readonly string[] s_expected = ["model runner has unexpectedly stopped", "times in a row", "it was killed (signal 9)"];

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly ConcurrentQueue<(TimeSpan At, double Milliseconds)> _firsts = new();
    private readonly List<(TimeSpan At, long Kilobytes)> _memory = [];
    private readonly Stopwatch _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Soak")]
    public async Task Updates_cancels_and_crashes_end_flat()
    {
        var time = FuzzTime.Of(TimeSpan.FromSeconds(20));
        var repository = ModelsRepository.With(
            _folder.Combine("repository"), Yaml, ("Modelfile", Modelfile(0)), ("Other", "FROM other.gguf\nPARAMETER temperature 0\n"));
        PicoVariant.Write(Path.Combine(repository.Path, "other.gguf"), 1_000_000);
        repository.CommitAll("Other weights");
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"), "--poll-interval", "1s");
        var (created, reply) = await daemon.SendAsync(
            HttpMethod.Post, "api/create", new JsonObject { ["model"] = "loose", ["from"] = "other", ["stream"] = false });
        Assert.True(created == System.Net.HttpStatusCode.OK, reply?.ToJsonString());
        using var stop = new CancellationTokenSource(time);
        _clock.Start();
        await Task.WhenAll(
            RepeatAsync(TimeSpan.Zero, () => AskAsync(daemon, "chat"), stop.Token),
            RepeatAsync(TimeSpan.Zero, () => AskAsync(daemon, "other"), stop.Token),
            RepeatAsync(TimeSpan.Zero, () => HangUpAsync(daemon), stop.Token),
            RepeatAsync(TimeSpan.FromSeconds(3), () => OtherContextAsync(daemon), stop.Token),
            RepeatAsync(TimeSpan.FromSeconds(time > TimeSpan.FromMinutes(1) ? 20 : 7), () => KillAsync(daemon), stop.Token),
            RepeatAsync(TimeSpan.FromSeconds(5), () => UpdateAsync(daemon, repository), stop.Token),
            RepeatAsync(TimeSpan.FromSeconds(1), () => SampleAsync(daemon), stop.Token));
        Report(time);
        Assert.Empty(_wrong.Take(20));

        // Nobody is left on an engine or in a queue, and no worker without one.
        await daemon.WaitAsync("all is idle", async () => await IdleAsync(daemon));
        Assert.True(_counts["answers"] > 20, $"{_counts["answers"]} answers");
        if (time > TimeSpan.FromMinutes(3))
            AssertFlat(time);
    }

    /// <summary>The first tenth warms up; then the second is compared with the last.</summary>
    private void AssertFlat(TimeSpan time)
    {
        var (memoryBefore, memoryAfter) = (Between(time, 1, 2, _memory).Min(), Between(time, 9, 10, _memory).Min());
        Assert.True(
            memoryAfter <= memoryBefore * (Executable.IsNative ? 1.05 : 1.15),
            $"{memoryBefore} KB anonymous early, {memoryAfter} KB at the end");
        var (firstBefore, firstAfter) = (Median(Between(time, 1, 2, _firsts)), Median(Between(time, 9, 10, _firsts)));
        Assert.True(firstAfter <= (firstBefore * 1.5) + 20, $"first token after {firstBefore:F0} ms early, {firstAfter:F0} ms at the end");
    }

    private void Report(TimeSpan time)
    {
        output.WriteLine(
            $"{time.TotalMinutes:0.#} minutes, native: {Executable.IsNative}; "
                + $"{string.Join(", ", _counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key} {count.Value}"))}");
        for (var tenth = 0; tenth < 10; tenth++)
        {
            var memory = Between(time, tenth, tenth + 1, _memory);
            var firsts = Between(time, tenth, tenth + 1, _firsts);
            if (memory.Count > 0 && firsts.Count > 0)
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"tenth {tenth + 1}: daemon {memory.Min()}-{memory.Max()} KB anonymous; first token, median of "
                            + $"{firsts.Count}: {Median(firsts):F1} ms"));
        }

        foreach (var wrong in _wrong.Take(20))
            output.WriteLine(wrong);
    }

    private static List<T> Between<T>(TimeSpan time, int from, int to, IEnumerable<(TimeSpan At, T Value)> samples) =>
        [.. samples.Where(sample => sample.At >= time * from / 10 && sample.At < time * to / 10).Select(sample => sample.Value)];

    private static double Median(List<double> values) => values.Count == 0 ? 0 : values.Order().ElementAt(values.Count / 2);

    private async Task RepeatAsync(TimeSpan pause, Func<Task> work, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await work();
                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is HttpRequestException or InvalidOperationException or TimeoutException or IOException)
            {
                _wrong.Enqueue($"{_clock.Elapsed:mm\\:ss} {error.GetType().Name}: {error.Message}");
            }
        }
    }

    /// <summary>A whole streamed answer; the time to its first line counts.</summary>
    private async Task AskAsync(Daemon daemon, string model)
    {
        var body = new JsonObject
        {
            ["model"] = model, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Question }),
        };
        var started = _clock.Elapsed;
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/chat") { Content = new StringContent(body.ToJsonString()) };
        using var reply = await daemon.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await reply.Content.ReadAsStreamAsync());
        var text = await reader.ReadLineAsync() ?? "";
        _firsts.Enqueue((started, (_clock.Elapsed - started).TotalMilliseconds));
        text += await reader.ReadToEndAsync();
        if (text.Contains("\"error\"", StringComparison.Ordinal))
            Failed(model, text);
        else if (!text.Contains("\"done\":true", StringComparison.Ordinal))
            _wrong.Enqueue($"{_clock.Elapsed:mm\\:ss} {model}: cut short: {text}");
        else
            Count("answers");
    }

    private void Failed(string model, string text)
    {
        if (Array.Exists(s_expected, known => text.Contains(known, StringComparison.Ordinal)))
            Count("answers that a kill ended");
        else
            _wrong.Enqueue($"{_clock.Elapsed:mm\\:ss} {model}: {text[Math.Max(0, text.Length - 300)..]}");
    }

    /// <summary>A client that goes after the first line, or before it.</summary>
    private async Task HangUpAsync(Daemon daemon)
    {
        using var hangUp = new CancellationTokenSource();
        var sending = daemon.Http.PostAsync(
            "v1/completions", new StringContent(EndlessStream.Body(Random.Shared.Next(2) == 0 ? "chat" : "other")), hangUp.Token);
        await Task.WhenAny(sending, Task.Delay(Random.Shared.Next(300), CancellationToken.None));
        await hangUp.CancelAsync();
        try
        {
            (await sending).Dispose();
        }
        catch (OperationCanceledException)
        {
            Count("hang-ups");
        }
    }

    private async Task OtherContextAsync(Daemon daemon)
    {
        using var reply = await daemon.Http.PostAsync(
            "api/generate",
            new StringContent(
                $$"""{"model":"loose","prompt":"Hello","stream":false,"keep_alive":0,"options":{"num_ctx":{{256 * Random.Shared.Next(1, 5)}},"num_predict":5} }"""));
        var text = await reply.Content.ReadAsStringAsync();
        if (reply.IsSuccessStatusCode)
            Count("loads for one request");
        else
            Failed("loose", text);
    }

    private async Task KillAsync(Daemon daemon)
    {
        if (daemon.Workers() is not { Count: > 0 } workers)
            return;
        using var kill = Process.Start("kill", ["-9", $"{workers[Random.Shared.Next(workers.Count)]}"]);
        await kill.WaitForExitAsync();
        Count("kills");
    }

    private async Task UpdateAsync(Daemon daemon, ModelsRepository repository)
    {
        var update = Count("updates");
        if (update % 2 == 0)
            PicoVariant.Write(Path.Combine(repository.Path, "pico.gguf"), update);
        var commit = repository.Commit("Modelfile", Modelfile(update));
        await daemon.WaitAsync(
            "the update is applied",
            async () => (string?)(await daemon.GetAsync("modelops/v1/status"))["source"]?["applied"] == commit,
            TimeSpan.FromMinutes(2));
    }

    private Task SampleAsync(Daemon daemon)
    {
        _memory.Add((_clock.Elapsed, ProcessMemory.Anonymous(daemon.ProcessId)));
        return Task.CompletedTask;
    }

    private static async Task<bool> IdleAsync(Daemon daemon)
    {
        var runtime = (await daemon.GetAsync("modelops/v1/status"))["runtime"]!;
        var engines = runtime["engines"]!.AsArray();
        return runtime["waiting"]!.AsArray().Count == 0
            && engines.All(engine => (int)engine!["requests"]! == 0)
            && daemon.Workers().Count == engines.Select(engine => (int?)engine!["worker"]).Distinct().Count();
    }

    private int Count(string what) => _counts.AddOrUpdate(what, 1, (_, count) => count + 1);

    private static string Modelfile(int update) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"FROM pico.gguf\nPARAMETER temperature 0\nSYSTEM You are a helpful assistant, version {update}.\n");
}
