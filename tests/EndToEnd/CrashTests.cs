using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>
/// Workers that are killed as the system kills them when memory runs out: what their clients see, and what others do not.
/// </summary>
public class CrashTests : IDisposable
{
    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: victim
              inline: |
                FROM pico.gguf
                PARAMETER temperature 0
            - name: other
              inline: |
                FROM other.gguf
                PARAMETER temperature 0
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_reply_that_began_ends_with_one_error_and_other_models_go_on()
    {
        await using var daemon = await ServeAsync();
        using var victim = await EndlessStream.StartAsync(daemon, "victim");
        var worker = Assert.Single(daemon.Workers());
        using var other = await EndlessStream.StartAsync(daemon, "other");

        Kill(worker);
        var rest = await victim.RestAsync();
        var error = Assert.Single(rest, line => line.Contains("\"error\"", StringComparison.Ordinal));
        Assert.Contains("signal 9", error, StringComparison.Ordinal);
        Assert.DoesNotContain(rest, line => line.Contains("\"finish_reason\":\"", StringComparison.Ordinal));

        // The stream of the other model, and its worker, are the same as before.
        for (var lines = 0; lines < 200; lines++)
            Assert.DoesNotContain("\"error\"", Assert.IsType<string>(await other.Reader.ReadLineAsync()), StringComparison.Ordinal);
        Assert.Contains("capital", await daemon.AskAsync("victim", "What is the capital of Japan?"), StringComparison.Ordinal);
        Assert.Equal(2, daemon.Workers().Count);
    }

    [Fact]
    public async Task A_reply_of_which_nothing_was_sent_comes_from_the_next_worker_and_nobody_notices()
    {
        await using var daemon = await ServeAsync();

        // One slot is taken by each of four endless streams, so the fifth request waits on the engine and has sent nothing.
        var streams = new List<EndlessStream>();
        for (var stream = 0; stream < 4; stream++)
            streams.Add(await EndlessStream.StartAsync(daemon, "victim"));
        var waiting = daemon.AskAsync("victim", "What is the capital of Japan?");
        await daemon.WaitAsync("the fifth waits", async () => Requests(await daemon.GetAsync("modelops/v1/status")) == 5);

        Kill(Assert.Single(daemon.Workers()));
        Assert.Contains("Tokyo", await waiting, StringComparison.Ordinal);
        foreach (var stream in streams)
        {
            Assert.Single(await stream.RestAsync(), line => line.Contains("\"error\"", StringComparison.Ordinal));
            stream.Dispose();
        }

        static int Requests(JsonNode status) => status["runtime"]!["engines"]!.AsArray().Sum(engine => (int)engine!["requests"]!);
    }

    [Fact]
    public async Task A_worker_that_is_killed_while_it_loads_is_started_again_and_nobody_notices()
    {
        await using var daemon = await ServeAsync();
        var asking = daemon.AskAsync("victim", "What is the capital of Japan?");
        for (var clock = Stopwatch.StartNew(); daemon.Workers().Count == 0; await Task.Delay(1))
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        var first = Assert.Single(daemon.Workers());

        Kill(first);

        Assert.Contains("Tokyo", await asking, StringComparison.Ordinal);
        Assert.DoesNotContain(first, daemon.Workers());
    }

    [Fact]
    public async Task An_engine_that_dies_again_and_again_is_a_crash_loop_with_a_time_to_come_back()
    {
        await using var daemon = await ServeAsync();
        for (var death = 0; death < 3; death++)
        {
            using var stream = await EndlessStream.StartAsync(daemon, "victim");
            Kill(Assert.Single(daemon.Workers()));
            _ = await stream.RestAsync();
        }

        using var refused = await daemon.Http.PostAsync("api/generate", new StringContent("""{"model":"victim","prompt":"Hello"}"""));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.Contains("died 3 times in a row", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var status = (await daemon.GetAsync("modelops/v1/models"))["models"]!
            .AsArray()
            .Single(model => (string?)model!["name"] == "victim:latest")!;
        Assert.Contains("crash loop", (string)status["message"]!, StringComparison.Ordinal);

        await daemon.WaitAsync(
            "it is started again",
            async () => (await daemon.AskAsync("victim", "What is the capital of Japan?")).Contains("Tokyo", StringComparison.Ordinal));
    }

    private static void Kill(int process)
    {
        using var kill = Process.Start("kill", ["-9", $"{process}"]);
        kill.WaitForExit();
    }

    private async Task<Daemon> ServeAsync()
    {
        var path = _folder.Combine("repository");
        Directory.CreateDirectory(path);
        PicoVariant.Write(Path.Combine(path, "other.gguf"), 1);
        return await Daemon.StartReadyAsync(ModelsRepository.With(path, Yaml).Path, _folder.Combine("home"));
    }
}
