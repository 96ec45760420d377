using System.Collections.Immutable;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Tests.Engines;

/// <summary>How tokens are chosen: what a seed promises, what each setting does, and what log probabilities speak of.</summary>
public class SamplingTests
{
    private const string Question = "Tell me a joke.";
    private static readonly SamplingSettings Hot = new() { Temperature = 1.5f, TopK = 0, TopP = 1, Seed = 42 };

    [Theory]
    [InlineData(1)]
    [InlineData(42)]
    [InlineData(2_000_000_000)]
    public async Task One_seed_gives_one_text_alone_whatever_ran_before(int seed)
    {
        await using var engine = await Pico.LoadAsync();
        var request = await AskAsync(engine, Hot with { Seed = seed });
        var first = await engine.RunAsync(request);
        await engine.RunAsync(await engine.AskAsync("Why is the sky blue?"));
        Assert.Equal(first.Tokens, (await engine.RunAsync(request)).Tokens);

        await using var another = await Pico.LoadAsync(context: 1024, slots: 2);
        Assert.Equal(first.Tokens, (await another.RunAsync(request)).Tokens);
    }

    [Fact]
    public async Task One_seed_gives_one_text_beside_other_requests()
    {
        await using var engine = await Pico.LoadAsync(context: 512, slots: 6);
        var requests = await Task.WhenAll(Enumerable.Range(0, 6).Select(seed => AskAsync(engine, Hot with { Seed = seed })));
        var alone = new List<ImmutableArray<int>>();
        foreach (var request in requests)
            alone.Add((await engine.RunAsync(request)).Tokens);

        for (var round = 0; round < 3; round++)
        {
            var together = await Task.WhenAll(requests.Select(request => engine.RunAsync(request)));
            Assert.Equal(alone, together.Select(answer => answer.Tokens));
        }
    }

    [Fact]
    public async Task Without_a_seed_answers_differ()
    {
        await using var engine = await Pico.LoadAsync();
        var request = await AskAsync(engine, Hot with { Seed = -1, Temperature = 2 });
        Assert.NotEqual((await engine.RunAsync(request)).Tokens, (await engine.RunAsync(request)).Tokens);
    }

    [Fact]
    public async Task Log_probabilities_are_those_of_the_model_whatever_is_done_to_them()
    {
        await using var engine = await Pico.LoadAsync();
        var plain = (await FirstAsync(engine, new SamplingSettings { Temperature = 0 })).Top;
        var best = plain[0].Token;
        var changed = new[]
        {
            Hot,
            Hot with { TopK = 3, TopP = 0.5f, MinP = 0.2f, TypicalP = 0.5f },
            Hot with { RepeatPenalty = 2, PresencePenalty = 2, FrequencyPenalty = 2, RepeatLastN = -1 },
            Hot with { LogitBias = ImmutableDictionary<int, float>.Empty.Add(best, float.NegativeInfinity) },
        };
        foreach (var settings in changed)
            Assert.Equal(plain.Select(entry => (entry.Token, entry.Logprob)),
                (await FirstAsync(engine, settings)).Top.Select(entry => (entry.Token, entry.Logprob)));

        var ruled = await FirstAsync(engine, new SamplingSettings { Temperature = 0 }, "root ::= [0-9]+");
        Assert.Equal(plain.Select(entry => entry.Token), ruled.Top.Select(entry => entry.Token));
        Assert.DoesNotContain(ruled.Token, plain.Take(1).Select(entry => entry.Token));
        Assert.True(ruled.Logprob < plain[0].Logprob);
    }

    [Fact]
    public async Task Each_filter_leaves_what_it_says()
    {
        await using var engine = await Pico.LoadAsync();
        var top = (await FirstAsync(engine, new SamplingSettings { Temperature = 0 })).Top;
        var (best, second) = (top[0].Token, top[1].Token);

        // Each of these leaves one token, however hot the draw.
        foreach (var settings in new[] { Hot with { TopK = 1 }, Hot with { TopP = 0.000001f }, Hot with { MinP = 1 },
            Hot with { Temperature = 0, TopK = 50 } })
            Assert.All(await FirstsAsync(engine, settings), token => Assert.Equal(best, token));

        Assert.All(
            await FirstsAsync(engine, Hot with { Temperature = 50, TopK = 2 }), token => Assert.Contains(token, (int[])[best, second]));
        Assert.Contains(second, await FirstsAsync(engine, Hot with { Temperature = 1000, TopK = 2 }));
        Assert.All(await FirstsAsync(engine, Hot with { TopK = 1, LogitBias = Bias(best, float.NegativeInfinity) }),
            token => Assert.Equal(second, token));
    }

    [Fact]
    public async Task Filters_look_at_the_distribution_before_the_temperature()
    {
        // Were it the other way round, so hot a draw would leave top_p nearly the whole vocabulary.
        await using var engine = await Pico.LoadAsync();
        var top = (await FirstAsync(engine, new SamplingSettings { Temperature = 0 })).Top;
        var kept = new HashSet<int>();
        var sum = 0d;
        foreach (var entry in top)
        {
            kept.Add(entry.Token);
            sum += Math.Exp(entry.Logprob);
            if (sum >= 0.8)
                break;
        }

        Assert.True(sum >= 0.8, "the test needs the nucleus among the best");
        Assert.All(await FirstsAsync(engine, Hot with { Temperature = 1000, TopP = 0.8f }), token => Assert.Contains(token, kept));
    }

    [Fact]
    public async Task Penalties_come_before_the_filters_and_count_the_prompt()
    {
        await using var engine = await Pico.LoadAsync();
        var best = (await FirstAsync(engine, new SamplingSettings { Temperature = 0 })).Token;
        var request = await AskAsync(engine, Hot with { TopK = 1, PresencePenalty = 100, RepeatLastN = 64 });

        // The best token is put into the prompt, where it does not change what the model would say next so much as the penalty does.
        var penalized = await engine.RunAsync(request with { Prompt = request.Prompt.Insert(1, best), MaxTokens = 1 });
        var unpenalized = await engine.RunAsync(
            request with { Prompt = request.Prompt.Insert(1, best), MaxTokens = 1, Sampling = Hot with { TopK = 1 } });
        Assert.Equal(best, Assert.Single(unpenalized.Tokens));
        Assert.NotEqual(best, Assert.Single(penalized.Tokens));
        var forgotten = await engine.RunAsync(
            request with { Prompt = request.Prompt.Insert(1, best), MaxTokens = 1, Sampling = request.Sampling with { RepeatLastN = 2 } });
        Assert.Equal(best, Assert.Single(forgotten.Tokens));
    }

    private static ImmutableDictionary<int, float> Bias(int token, float bias) => ImmutableDictionary<int, float>.Empty.Add(token, bias);

    private static async Task<EngineRequest> AskAsync(IEngine engine, SamplingSettings settings) =>
        await engine.AskAsync(Question, maxTokens: 40) with { Sampling = settings };

    private static async Task<TokenLogprob> FirstAsync(IEngine engine, SamplingSettings settings, string? grammar = null) =>
        (await engine.RunAsync(await AskAsync(engine, settings) with { MaxTokens = 1, TopLogprobs = 20, Grammar = grammar })).Logprobs[0];

    private static async Task<List<int>> FirstsAsync(IEngine engine, SamplingSettings settings)
    {
        var request = await AskAsync(engine, settings) with { MaxTokens = 1 };
        var tokens = new List<int>();
        for (var seed = 0; seed < 25; seed++)
            tokens.AddRange((await engine.RunAsync(request with { Sampling = settings with { Seed = seed } })).Tokens);
        return tokens;
    }
}
