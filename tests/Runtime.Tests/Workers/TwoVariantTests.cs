using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Runtime.Workers;
using ModelOps.TestKit.Generated;

namespace ModelOps.Runtime.Tests.Workers;

/// <summary>A model whose steps take long enough to be shaped, on a processor with two variants of the code where there is one.</summary>
public sealed class TwoVariantTests : IDisposable
{
    private const int HeadWidth = 64;
    private const int Streams = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-two-").FullName;
    private readonly ModelShape _shape = ModelShape.Llama(8 * HeadWidth, 8, 8, 4, 2048, 4096) with { Wanders = true };
    private readonly LoadProfile _profile;

    public TwoVariantTests()
    {
        _profile = new LoadProfile
        {
            Weights = GeneratedModel.Write(_shape, Path.Combine(_folder, "model.gguf")),
            ContextLength = 4096,
            Slots = Streams,
            HeadWidth = HeadWidth,
        };
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Weights of the second type are repacked by the variant that loads them.</summary>
    [Theory]
    [InlineData("Q8_0", false)]
    [InlineData("Q4_0", false)]
    [InlineData("Q4_0", true)]
    public async Task Steps_that_two_variants_compute_say_what_those_of_one_say(string type, bool hasExperts)
    {
        var profile = _profile with { Weights = await PackedAsync(type, hasExperts ? _shape.WithExperts(4, 2) : _shape) };
        await using var two = WorkerEngineTests.Loader();
        await using var one = WorkerEngineTests.Loader(options => options with { OneVariant = true });
        await using var both = await two.LoadAsync(profile, null, CancellationToken.None);
        await using var single = await one.LoadAsync(profile, null, CancellationToken.None);

        // Each prompt ends a little further on, so that every answer begins elsewhere.
        var requests = await Task.WhenAll(Enumerable.Range(0, Streams).Select(index => AskAsync(both, 30 + index, tokens: 120)));
        var expected = await Task.WhenAll(requests.Select(request => single.RunAsync(request)));
        Assert.Equal(0, single.Statistics.SecondVariantSteps);
        Assert.Null(single.Facts.Natives!.SecondVariant);

        // Tiles have the matrices in an order of their own.
        var (chosen, there) = (both.Facts.Natives!.Variant, EngineSources.Find(Pico.Options.NativeFolder).Default.Variants);
        var isThere = chosen != CpuVariants.WithTiles && CpuVariants.Beside(chosen, there, HeadWidth).Any();
        Assert.Equal(isThere, both.Facts.Natives.SecondVariant is not null);
        Assert.Equal(isThere && type == "Q4_0", isThere && both.Facts.Memory.Weights > new FileInfo(profile.Weights).Length * 5 / 4);

        // Where times are noise nothing is tried for a while.
        for (var round = 0; round < 2 || (isThere && both.Statistics.SecondVariantSteps == 0); round++)
        {
            Assert.True(round < 20, "the second variant is never tried");
            var answers = await Task.WhenAll(requests.Select(request => both.RunAsync(request)));
            foreach (var answer in answers.Concat(expected))
                Assert.Equal(120, answer.Tokens.Length);

            // What is rounded otherwise chooses other experts, so that with these even the second token may be another one.
            for (var index = 0; type == "Q8_0" && index < Streams; index++)
                AssertBeginAlike(expected[index], answers[index]);

            // Code that took repacked weights for others would think every token as likely as any other, which is much less.
            Assert.InRange(Least(answers), Least(expected) - 1, 0);
        }

        Assert.Equal(isThere, both.Statistics.SecondVariantSteps > 0);
    }

    [Fact]
    public async Task Every_stream_gets_a_token_after_each_part_of_prompts_though_others_join()
    {
        const int Joining = 24;
        await using var loader = WorkerEngineTests.Loader();
        var profile = _profile with { Slots = 3 + Joining, ContextLength = 2048 };
        await using var engine = await loader.LoadAsync(profile, null, CancellationToken.None);
        using var enough = new CancellationTokenSource();
        var counts = new int[3];
        var started = new CountdownEvent(counts.Length);
        var streams = Enumerable.Range(0, counts.Length).Select(async index =>
        {
            var request = await AskAsync(engine, 20 + index, tokens: 1900);
            await foreach (var chunk in engine.GenerateAsync(request, enough.Token))
            {
                if (chunk is EngineChunk.Text && Interlocked.Increment(ref counts[index]) == 1)
                    started.Signal();
            }
        }).ToArray();
        Assert.True(started.Wait(TimeSpan.FromSeconds(60), CancellationToken.None));

        var (before, then) = (counts.ToArray(), engine.Statistics);
        await Task.WhenAll(Enumerable.Range(0, Joining).Select(async index =>
        {
            var request = await AskAsync(engine, 700 + index, tokens: 1000);
            await using var joined = engine.GenerateAsync(request, enough.Token).GetAsyncEnumerator(enough.Token);
            Assert.True(await joined.MoveNextAsync());
        }));
        var (gained, now) = (counts.Zip(before, (after, before) => after - before).ToArray(), engine.Statistics);

        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(streams));
        // A part of a prompt, then a token of everyone; those that were given in several calls do not count. One stream may be read later.
        var calls = now.DecodeCalls - then.DecodeCalls - (now.ShapedSteps - then.ShapedSteps);
        Assert.True(gained.Min() * 2 >= calls && gained.Max() - gained.Min() <= 5, $"{string.Join(' ', gained)} in {calls} calls");
    }

    private async Task<string> PackedAsync(string type, ModelShape shape)
    {
        if (type == "Q8_0")
            return _profile.Weights;
        var whole = GeneratedModel.Write(shape with { IsPacked = false }, Path.Combine(_folder, "whole.gguf"));
        var packed = Path.Combine(_folder, $"{type}.gguf");
        await new WorkerQuantizer(WorkerEngineTests.Options(), TimeProvider.System)
            .QuantizeAsync(whole, packed, type, _ => { }, CancellationToken.None);
        return packed;
    }

    /// <summary>Two variants round otherwise, so that at some later token another one may be chosen; what follows is another text.</summary>
    private static void AssertBeginAlike(Pico.Answer expected, Pico.Answer answer)
    {
        Assert.Equal(expected.Tokens[..2], answer.Tokens[..2]);
        for (var at = 0; at < 2; at++)
            Assert.Equal(expected.Logprobs[at].Logprob, answer.Logprobs[at].Logprob, 0.05);
    }

    private static double Least(IEnumerable<Pico.Answer> answers) =>
        answers.SelectMany(answer => answer.Logprobs).Min(token => token.Logprob);

    private static async Task<EngineRequest> AskAsync(IEngine engine, int promptTokens, int tokens) => new()
    {
        // No two begin alike: nothing is taken from a kept prefix.
        Prompt = [.. Enumerable.Range(0, promptTokens).Select(at => 300 + (((at + promptTokens) * 7) % 600))],
        Sampling = new SamplingSettings
        {
            Temperature = 0,
            FrequencyPenalty = 0.5f,
            LogitBias = await engine.NoEndAsync(),
        },
        MaxTokens = tokens,
        TopLogprobs = 1,
    };
}
