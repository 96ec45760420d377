using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>New weights, one after the other, while clients keep asking: no reply fails, is cut short, or is a mix of two builds.</summary>
public class UpdateTests(ITestOutputHelper output) : IDisposable
{
    private const string Question = "Why is the sky blue?";

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, int> _lengths = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _wrong = new();
    private int _replies;
    private string _whole = "";

    public void Dispose() => _folder.Dispose();

    /// <summary>Pinned and not, with room for two builds; and pinned where only one fits, so that the old one is drained first.</summary>
    [Theory]
    [InlineData("always", "", 10)]
    [InlineData("onDemand", "", 5)]
    [InlineData("always", "16MB", 5)]
    public Task Updates_of_weights_under_load_cost_no_reply(string residency, string memory, int updates) =>
        RunAsync(residency, memory, updates);

    [Fact]
    [Trait("Category", "Soak")]
    public Task A_hundred_updates_of_weights_in_a_row_cost_no_reply() =>
        RunAsync("always", "", FuzzTime.Of(TimeSpan.Zero) == TimeSpan.Zero ? 3 : 100);

    private async Task RunAsync(string residency, string memory, int updates)
    {
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml(residency), ("Modelfile", Modelfile(0)));
        string[] options = ["--poll-interval", "1s", .. memory.Length == 0 ? [] : new[] { "--memory", memory }];
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"), options);
        (_whole, _, _) = await AskAsync(daemon, 60);

        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(client => AskOnAsync(daemon, client, stop.Token)).ToArray();
        for (var update = 1; update <= updates; update++)
        {
            PicoVariant.Write(Path.Combine(repository.Path, "pico.gguf"), update);
            var commit = repository.Commit("Modelfile", Modelfile(update));
            await daemon.WaitAsync(
                $"update {update} is applied",
                async () => (string?)(await daemon.GetAsync("modelops/v1/status"))["source"]?["applied"] == commit);
            var (_, build, _) = await AskAsync(daemon, null);
            if (_lengths.GetOrAdd(build, Length(update)) != Length(update))
                _wrong.Enqueue($"update {update}: build {build[..12]} said {_lengths[build]} tokens instead of {Length(update)}");
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        output.WriteLine($"{updates} updates, {_replies} replies");
        Assert.Empty(_wrong);
        Assert.True(_replies > updates, $"only {_replies} replies");

        // What was replaced is gone: one worker, one set of weights.
        await daemon.WaitAsync("the old builds left memory", () => Task.FromResult(daemon.Workers().Count == 1));
    }

    /// <summary>
    /// Each build answers with a number of tokens of its own, so that a reply shows which one spoke, and whether to its end.
    /// </summary>
    private static int Length(int update) => 4 + (update % 12);

    private static string Modelfile(int update) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"FROM pico.gguf\nPARAMETER temperature 0\nPARAMETER num_ctx 512\nPARAMETER num_predict {Length(update)}\n");

    private static string Yaml(string residency) => $$"""
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: chat
              modelfile: Modelfile
              residency: { mode: {{residency}} }
              rollout: { gate: { smoke: [ { prompt: "Say ok.", maxTokens: 4, timeout: 30s } ] } }
        """;

    private async Task AskOnAsync(Daemon daemon, int client, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var (text, build, tokens) = await AskAsync(daemon, null);
                _ = Interlocked.Increment(ref _replies);
                if (!_whole.StartsWith(text, StringComparison.Ordinal))
                    _wrong.Enqueue($"client {client}: another text: {text}");
                if (_lengths.GetOrAdd(build, tokens) != tokens)
                    _wrong.Enqueue($"client {client}: build {build[..12]} said {tokens} tokens instead of {_lengths[build]}");
            }
            catch (InvalidOperationException error)
            {
                _wrong.Enqueue($"client {client}: {error.Message}");
            }
        }
    }

    /// <summary>One streamed reply, to its last line.</summary>
    private static async Task<(string Text, string Build, int Tokens)> AskAsync(Daemon daemon, int? tokens)
    {
        var body = new JsonObject
        {
            ["model"] = "chat", ["prompt"] = Question, ["options"] = tokens is null ? null : new JsonObject { ["num_predict"] = tokens },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/generate") { Content = new StringContent(body.ToJsonString()) };
        try
        {
            using var reply = await daemon.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var lines = (await reply.Content.ReadAsStringAsync())
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonNode.Parse(line)!)
                .ToList();
            if (!reply.IsSuccessStatusCode
                || lines.Find(line => line["error"] is not null) is not null
                || lines[^1]["done"]?.GetValue<bool>() != true)
                throw new InvalidOperationException(
                    $"{(int)reply.StatusCode}: {string.Join('\n', lines.TakeLast(2).Select(line => line.ToJsonString()))}");
            return (
                string.Concat(lines.Select(line => (string?)line["response"])),
                reply.Headers.GetValues("x-modelops-build").Single(),
                (int)lines[^1]["eval_count"]!);
        }
        catch (HttpRequestException error)
        {
            throw new InvalidOperationException($"no reply: {error.Message} {error.InnerException?.Message}", error);
        }
    }
}
