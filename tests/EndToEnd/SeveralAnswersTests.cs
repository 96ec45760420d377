using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>Several answers to one request, of the real daemon with a real model.</summary>
public class SeveralAnswersTests(PicoServer pico) : IClassFixture<PicoServer>
{
    private const string Chat = "v1/chat/completions";

    [Fact]
    public async Task The_answers_to_one_prompt_compute_it_once()
    {
        var words = string.Join(' ', Enumerable.Range(0, 60).Select(number => $"word{number}"));
        await pico.PostAsync(Chat, PicoServer.AskOpenAi("pico", "Hello", maxTokens: 2));
        var before = await ComputedAsync();

        var (status, body) = await pico.PostAsync(Chat, Several("pico", words, count: 4, maxTokens: 2));

        var prompt = (int)body!["usage"]!["prompt_tokens"]!;
        Assert.Equal((HttpStatusCode.OK, 4), (status, body["choices"]!.AsArray().Count));
        Assert.InRange(await ComputedAsync() - before, 1, prompt + 40);
    }

    [Fact]
    public async Task A_seed_that_the_model_has_gives_answers_that_differ_and_come_again()
    {
        // Two tokens of nearly equal chances at each place: which is drawn hangs on the seed, and not on the last bits of the logits.
        await pico.PostAsync("api/create", new JsonObject
        {
            ["model"] = "seeded", ["from"] = "pico", ["stream"] = false, ["parameters"] = new JsonObject { ["seed"] = 11, ["top_k"] = 2 },
        });

        var first = await TextsAsync(Several("seeded", "Tell me a story.", count: 8, maxTokens: 6, temperature: 10));
        var again = await TextsAsync(Several("seeded", "Tell me a story.", count: 8, maxTokens: 6, temperature: 10));

        Assert.Equal(first, again);
        Assert.True(first.Distinct(StringComparer.Ordinal).Count() > 2, string.Join(" | ", first));
    }

    [Fact]
    public async Task More_answers_than_the_engine_has_slots_are_all_given_to_a_model_that_is_not_loaded_yet()
    {
        await pico.PostAsync("api/generate", new JsonObject { ["model"] = "pico", ["keep_alive"] = 0 });

        var texts = await TextsAsync(Several("pico", "What is the capital of Japan?", count: 16, maxTokens: 30, temperature: 0));

        Assert.Equal(16, texts.Count);
        Assert.Contains("Tokyo", Assert.Single(texts.Distinct()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_hangs_up_frees_the_slots_of_all_answers()
    {
        using var hangUp = new CancellationTokenSource();
        var request = Several("pico", "Tell me a story.", count: 16, maxTokens: 4000, temperature: 2);
        // Without the ends of text and of turn: answers that end by themselves may all be over before anybody looks.
        request["logit_bias"] = new JsonObject { ["1021"] = -100, ["1023"] = -100 };
        var running = pico.Daemon.HangsUp.PostAsync(Chat, new StringContent(request.ToJsonString()), hangUp.Token);
        await pico.Daemon.WaitAsync("all answers are on their way", async () => await RequestsAsync() >= 8);

        await hangUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await pico.Daemon.WaitAsync("nobody is left", async () => await RequestsAsync() == 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_model_that_is_not_there_is_told_once(bool stream)
    {
        var request = Several("nobody", "Hello", count: 5, maxTokens: 5);
        request["stream"] = stream;

        var (status, body) = await pico.PostAsync(Chat, request);

        Assert.Equal((HttpStatusCode.NotFound, "not_found_error"), (status, (string?)body!["error"]!["type"]));
    }

    private static JsonObject Several(string model, string question, int count, int maxTokens, double temperature = 0)
    {
        var request = PicoServer.AskOpenAi(model, question, maxTokens);
        (request["n"], request["temperature"]) = (count, temperature);
        return request;
    }

    private async Task<List<string>> TextsAsync(JsonObject request)
    {
        var (status, body) = await pico.PostAsync(Chat, request);
        Assert.True(status == HttpStatusCode.OK, body?.ToJsonString());
        return [.. body!["choices"]!.AsArray().Select(choice => (string)choice!["message"]!["content"]!)];
    }

    private async Task<int> RequestsAsync() => (await pico.Daemon.GetAsync("modelops/v1/status"))["runtime"]!["engines"]!.AsArray()
        .Sum(engine => (int)engine!["requests"]!);

    /// <summary>Prompt tokens that engines have computed so far; those taken from another sequence are not among them.</summary>
    private async Task<long> ComputedAsync() => (await pico.Daemon.Http.GetStringAsync("metrics")).Split('\n')
        .Where(line => line.StartsWith("modelops_engine_prompt_tokens_total", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
}
