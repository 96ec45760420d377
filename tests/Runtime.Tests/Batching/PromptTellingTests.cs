using System.Collections.Immutable;
using System.Text;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Runtime.Tests.Workers;
using ModelOps.TestKit.Generated;

namespace ModelOps.Runtime.Tests.Batching;

/// <summary>How likely a prompt's tokens are, against what an engine says that is asked for each of them as the next one.</summary>
public sealed class PromptTellingTests : IDisposable
{
    private const double Tolerance = 0.02;

    private const string Sentence =
        "<|im_start|>user\nWhat is a Modelfile, 世界?<|im_end|>\n<|im_start|>assistant\nA Modelfile is a short text file.";

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-telling-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("pico")]
    [InlineData("recurrent")]
    [InlineData("sliding-window")]
    public async Task Each_token_is_as_likely_as_it_is_behind_the_prompt_before_it(string kind)
    {
        var path = kind == "pico" ? Pico.Path : Path.Combine(_folder, "model.gguf");
        if (kind != "pico")
            GeneratedModel.Write(kind == "recurrent" ? ModelShape.Recurrent : ModelShape.SlidingWindow, path);
        await using var engine = await Pico.Loader().LoadAsync(Pico.Profile() with { Weights = path }, null, CancellationToken.None);
        var tokens = await engine.TokenizeAsync(Sentence, addSpecial: true, parseSpecial: true, CancellationToken.None);

        var told = await TellAsync(engine, tokens);

        Assert.Equal(tokens, told.Select(entry => entry.Token));
        Assert.Equal(Sentence, Encoding.UTF8.GetString([.. told.SelectMany(entry => entry.Text)]));
        Assert.Equal((0f, 0), (told[0].Logprob, told[0].Top.Length));
        for (var at = 1; at < tokens.Length; at++)
        {
            var next = await NextAsync(engine, tokens[..at]);
            Assert.Equal(next.Top[0].Logprob, told[at].Top[0].Logprob, Tolerance);
            Assert.Equal(3, told[at].Top.Length);
            if (next.Top.FirstOrDefault(entry => entry.Token == tokens[at]) is { } same)
                Assert.Equal(same.Logprob, told[at].Logprob, Tolerance);
            else
                Assert.InRange(told[at].Logprob, float.NegativeInfinity, next.Top[^1].Logprob + Tolerance);
        }
    }

    [Fact]
    public async Task A_prompt_of_many_steps_is_told_as_one_of_few_and_whatever_is_kept_of_it()
    {
        await using var engine = await Pico.LoadAsync(context: 1024);
        await using var narrow = await Pico.Loader()
            .LoadAsync(Pico.Profile(context: 1024, slots: 2) with { BatchSize = 24 }, null, CancellationToken.None);
        var tokens = await LongAsync(engine);
        Assert.InRange(tokens.Length, 200, 900);

        var first = await TellAsync(engine, tokens);
        await engine.RunAsync(new EngineRequest { Prompt = tokens, MaxTokens = 1 });
        var again = await TellAsync(engine, tokens);
        var other = await TellAsync(narrow, tokens);

        Assert.Equal(tokens, first.Select(entry => entry.Token));
        AssertSame(first, again);
        AssertSame(first, other);
    }

    [Fact]
    public async Task What_was_told_is_kept_for_others_and_the_answer_is_what_it_is_without()
    {
        await using var engine = await Pico.LoadAsync();
        var request = await engine.AskAsync("Why is the sky blue?", maxTokens: 20);
        var plain = await engine.RunAsync(request);

        var chunks = await ChunksAsync(engine, request with { PromptLogprobs = 0 });
        var after = await engine.RunAsync(request);

        var end = Assert.IsType<EngineChunk.End>(chunks[^1]);
        Assert.Equal(plain.Text, string.Concat(chunks.OfType<EngineChunk.Text>().Select(chunk => chunk.Value)));
        Assert.Equal((0, request.Prompt.Length), (end.Usage.CachedTokens, end.Usage.PromptTokens));
        Assert.Equal(request.Prompt.Length - 1, after.End.Usage.CachedTokens);
        Assert.True(chunks.FindLastIndex(chunk => chunk is EngineChunk.Prompt) < chunks.FindIndex(chunk => chunk is EngineChunk.Text));
    }

    [Fact]
    public async Task Streams_go_on_beside_prompts_that_are_told_and_neither_changes_the_other()
    {
        await using var engine = await Pico.LoadAsync(context: 1024, slots: 4);
        var tokens = await LongAsync(engine);
        var alone = await TellAsync(engine, tokens);
        var request = await engine.AskAsync("Why is the sky blue?", maxTokens: 600);
        request = request with { Sampling = new SamplingSettings { Temperature = 0, LogitBias = await engine.NoEndAsync() } };
        using var enough = new CancellationTokenSource();
        await using var stream = engine.GenerateAsync(request, enough.Token).GetAsyncEnumerator(enough.Token);
        Assert.True(await stream.MoveNextAsync());
        var before = engine.Statistics;

        var told = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TellAsync(engine, tokens)));

        var after = engine.Statistics;
        var steps = after.DecodeCalls - before.DecodeCalls;
        Assert.Equal(3 * tokens.Length, after.PromptTokens - before.PromptTokens);
        // A prompt's part, then a token of the stream.
        Assert.InRange(after.DecodedTokens - before.DecodedTokens, (steps / 2) - 2, steps + 2);
        foreach (var one in told)
            AssertSame(alone, one);
        await enough.CancelAsync();
    }

    [Fact]
    public async Task A_worker_tells_a_prompt_as_an_engine_in_this_process_does()
    {
        await using var loader = WorkerEngineTests.Loader();
        await using var remote = await loader.LoadAsync(Pico.Profile(), null, CancellationToken.None);
        await using var local = await Pico.LoadAsync();
        var tokens = await local.TokenizeAsync(Sentence, addSpecial: true, parseSpecial: true, CancellationToken.None);

        AssertSame(await TellAsync(local, tokens), await TellAsync(remote, tokens));
    }

    [Fact]
    public async Task Nothing_is_generated_where_no_token_may_be_and_a_prompt_may_be_one_token()
    {
        await using var engine = await Pico.LoadAsync();

        var chunks = await ChunksAsync(engine, new EngineRequest { Prompt = [300], MaxTokens = 0, PromptLogprobs = 2 });

        Assert.Equal(300, Assert.Single(Assert.IsType<EngineChunk.Prompt>(chunks[0]).Logprobs).Token);
        var end = Assert.IsType<EngineChunk.End>(Assert.Single(chunks[1..]));
        Assert.Equal((EngineStopReason.Length, 1, 0), (end.Reason, end.Usage.PromptTokens, end.Usage.GeneratedTokens));
    }

    private static Task<ImmutableArray<int>> LongAsync(IEngine engine) => engine.TokenizeAsync(
        string.Join(' ', Enumerable.Range(0, 40).Select(number => $"A Modelfile names the weights and word{number * 7}.")),
        addSpecial: true, parseSpecial: true, CancellationToken.None);

    private static async Task<ImmutableArray<TokenLogprob>> TellAsync(IEngine engine, ImmutableArray<int> tokens)
    {
        var chunks = await ChunksAsync(engine, new EngineRequest { Prompt = tokens, MaxTokens = 0, PromptLogprobs = 3 });
        return [.. chunks.OfType<EngineChunk.Prompt>().SelectMany(chunk => chunk.Logprobs)];
    }

    private static async Task<TokenLogprob> NextAsync(IEngine engine, ImmutableArray<int> before)
    {
        var ends = await engine.NoEndAsync();
        var request = new EngineRequest
        {
            Prompt = before, MaxTokens = 1, TopLogprobs = 20,
            Sampling = new SamplingSettings { Temperature = 0, LogitBias = ends }
        };
        return Assert.Single((await engine.RunAsync(request)).Logprobs);
    }

    private static async Task<List<EngineChunk>> ChunksAsync(IEngine engine, EngineRequest request)
    {
        var chunks = new List<EngineChunk>();
        await foreach (var chunk in engine.GenerateAsync(request, CancellationToken.None))
            chunks.Add(chunk);
        return chunks;
    }

    private static void AssertSame(ImmutableArray<TokenLogprob> expected, ImmutableArray<TokenLogprob> told)
    {
        Assert.Equal(expected.Select(entry => entry.Token), told.Select(entry => entry.Token));
        foreach (var (one, other) in expected.Zip(told))
        {
            Assert.Equal(one.Logprob, other.Logprob, Tolerance);
            Assert.Equal(one.Top.Length, other.Top.Length);
            foreach (var (expectedTop, toldTop) in one.Top.Zip(other.Top))
                Assert.Equal(expectedTop.Logprob, toldTop.Logprob, Tolerance);
        }
    }
}
