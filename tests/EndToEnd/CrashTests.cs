using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>Workers that are killed as the system kills them when memory runs out: what their clients see, and what others do not.</summary>
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
                PARAMETER num_ctx 512
            - name: other
              inline: |
                FROM other.gguf
                PARAMETER num_ctx 512
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_reply_that_began_ends_with_one_error_and_other_models_go_on()
    {
        await using var daemon = await ServeAsync();
        var victim = await EndlessAsync(daemon, "victim");
        var worker = Assert.Single(daemon.Workers());
        var other = await EndlessAsync(daemon, "other");

        Kill(worker);
        var rest = await victim.Reader.ReadToEndAsync();
        var error = Assert.Single(rest.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.Contains("\"error\"", StringComparison.Ordinal));
        Assert.Contains("signal 9", error, StringComparison.Ordinal);
        Assert.Equal(error, rest.TrimEnd('\n').Split('\n')[^1]);

        // The stream of the other model, and its worker, are the same as before.
        for (var lines = 0; lines < 50; lines++)
            Assert.Contains("\"done\":false", await other.Reader.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Contains("capital", await daemon.AskAsync("victim", "What is the capital of Japan?"), StringComparison.Ordinal);
        Assert.Equal(2, daemon.Workers().Count);
        victim.Dispose();
        other.Dispose();
    }

    [Fact]
    public async Task A_reply_of_which_nothing_was_sent_comes_from_the_next_worker_and_nobody_notices()
    {
        await using var daemon = await ServeAsync();

        // One slot is taken by each of four endless streams, so the fifth request waits on the engine and has sent nothing.
        var streams = new List<Stream>();
        for (var stream = 0; stream < 4; stream++)
            streams.Add(await EndlessAsync(daemon, "victim"));
        var waiting = daemon.AskAsync("victim", "What is the capital of Japan?");
        await daemon.WaitAsync("the fifth waits", async () => Requests(await daemon.GetAsync("modelops/v1/status")) == 5);

        Kill(Assert.Single(daemon.Workers()));
        Assert.Contains("Tokyo", await waiting, StringComparison.Ordinal);
        foreach (var stream in streams)
        {
            Assert.Contains("\"error\"", await stream.Reader.ReadToEndAsync(), StringComparison.Ordinal);
            stream.Dispose();
        }

        static int Requests(JsonNode status) => status["runtime"]!["engines"]!.AsArray().Sum(engine => (int)engine!["requests"]!);
    }

    [Fact]
    public async Task An_engine_that_dies_again_and_again_is_a_crash_loop_with_a_time_to_come_back()
    {
        await using var daemon = await ServeAsync();
        for (var death = 0; death < 3; death++)
        {
            using var stream = await EndlessAsync(daemon, "victim");
            Kill(Assert.Single(daemon.Workers()));
            _ = await stream.Reader.ReadToEndAsync();
        }

        using var refused = await daemon.Http.PostAsync("api/generate", new StringContent("""{"model":"victim","prompt":"Hello"}"""));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.Contains("died 3 times in a row", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var status = (await daemon.GetAsync("modelops/v1/models"))["models"]!.AsArray().Single(model => (string?)model!["name"] == "victim:latest")!;
        Assert.Contains("crash loop", (string)status["message"]!, StringComparison.Ordinal);

        await daemon.WaitAsync("it is started again", async () => (await daemon.AskAsync("victim", "What is the capital of Japan?")).Contains("Tokyo", StringComparison.Ordinal));
    }

    private static void Kill(int process)
    {
        using var kill = Process.Start("kill", ["-9", $"{process}"]);
        kill.WaitForExit();
    }

    /// <summary>A stream that has begun and does not end by itself.</summary>
    private static async Task<Stream> EndlessAsync(Daemon daemon, string model)
    {
        var body = $$"""{"model":"{{model}}","prompt":"Count.","raw":true,"options":{"temperature":1.5,"num_predict":100000,"stop":[]}}""";
        for (var attempt = 0; ; attempt++)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "api/generate") { Content = new StringContent(body) };
            var reply = await daemon.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var stream = new Stream(reply, new StreamReader(await reply.Content.ReadAsStreamAsync()));
            if ((await stream.Reader.ReadLineAsync())!.Contains("\"done\":false", StringComparison.Ordinal))
                return stream;
            Assert.True(attempt < 20, "no stream began");
            stream.Dispose();
        }
    }

    private async Task<Daemon> ServeAsync()
    {
        var path = _folder.Combine("repository");
        Directory.CreateDirectory(path);
        PicoVariant.Write(Path.Combine(path, "other.gguf"), 1);
        return await Daemon.StartReadyAsync(ModelsRepository.With(path, Yaml).Path, _folder.Combine("home"));
    }

    private sealed record Stream(HttpResponseMessage Reply, StreamReader Reader) : IDisposable
    {
        public void Dispose()
        {
            Reader.Dispose();
            Reply.Dispose();
        }
    }
}
