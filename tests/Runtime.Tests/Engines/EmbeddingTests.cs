using System.Collections.Immutable;
using ModelOps.Runtime.Engines;
using ModelOps.TestKit.Generated;

namespace ModelOps.Runtime.Tests.Engines;

/// <summary>Vectors of small generated models: what pooling makes of the tokens, and that inputs never touch each other.</summary>
public sealed class EmbeddingTests : IDisposable
{
    private const int None = 0;
    private const int Mean = 1;
    private const int First = 2;
    private const int Last = 3;
    private const int Rank = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-embedding-").FullName;

    public static TheoryData<string, int> Models => new()
    {
        { "llama", None }, { "llama", Mean }, { "llama", First }, { "llama", Last },
        { "bert", None }, { "bert", Mean }, { "bert", First }, { "bert", Last }, { "bert", Rank },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Models))]
    public async Task An_input_has_the_same_vector_alone_and_among_others(string kind, int pooling)
    {
        await using var engine = await LoadAsync(kind, pooling);
        var inputs = await InputsAsync(engine, 20);
        var alone = new List<ImmutableArray<float>>();
        foreach (var input in inputs)
            alone.Add(Assert.Single(await engine.EmbedAsync([input], CancellationToken.None)));

        var together = await engine.EmbedAsync(inputs, CancellationToken.None);

        Assert.All(alone, vector => Assert.Equal(pooling == Rank ? 1 : 128, vector.Length));
        AssertClose(alone, together);
        Assert.True(Distance(alone[0], alone[1]) > 1e-3, "two texts have one vector");
    }

    [Theory]
    [InlineData("llama", Mean)]
    [InlineData("bert", Rank)]
    public async Task Requests_that_come_together_share_a_step(string kind, int pooling)
    {
        await using var engine = await LoadAsync(kind, pooling);
        var inputs = await InputsAsync(engine, 12);
        var expected = await engine.EmbedAsync(inputs, CancellationToken.None);
        var before = engine.Statistics.DecodeCalls;

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(request => Task.Run(() => engine.EmbedAsync([inputs[request % 12]], CancellationToken.None))));

        AssertClose(
            [.. Enumerable.Range(0, 60).Select(request => expected[request % 12])], [.. answers.Select(answer => Assert.Single(answer))]);
        Assert.InRange(engine.Statistics.DecodeCalls - before, 1, 59);
    }

    [Fact]
    public async Task Pooling_is_what_its_name_says()
    {
        await using var tokenizing = await LoadAsync("bert", None);
        var input = (await InputsAsync(tokenizing, 1))[0];
        var vectors = new Dictionary<int, ImmutableArray<float>>();
        foreach (var pooling in (int[])[None, Mean, First, Last])
        {
            await using var engine = await LoadAsync("bert", pooling);
            vectors[pooling] = Assert.Single(await engine.EmbedAsync([input], CancellationToken.None));
        }

        // Without pooling the last token stands for the input.
        Assert.InRange(Distance(vectors[None], vectors[Last]), 0, 1e-4);
        Assert.True(Distance(vectors[First], vectors[Last]) > 1e-3);
        Assert.True(Distance(vectors[Mean], vectors[Last]) > 1e-3);
        Assert.True(Distance(vectors[Mean], vectors[First]) > 1e-3);
    }

    [Fact]
    public async Task The_mean_is_the_mean_of_the_tokens()
    {
        await using var pooled = await LoadAsync("bert", Mean);
        await using var bare = await LoadAsync("bert", First);
        var one = (await InputsAsync(pooled, 1))[0][..1];

        // Of one token first, last and mean are the same.
        Assert.InRange(Distance((await pooled.EmbedAsync([one], default))[0], (await bare.EmbedAsync([one], default))[0]), 0, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task An_input_that_does_not_fit_fails_alone(string kind, int pooling)
    {
        await using var engine = await LoadAsync(kind, pooling);
        var good = (await InputsAsync(engine, 1))[0];
        ImmutableArray<int> tooLong = [.. Enumerable.Repeat(5, engine.Facts.ContextLength + 1)];

        var answers = (Good: engine.EmbedAsync([good], default), Bad: engine.EmbedAsync([good, tooLong], default),
            Empty: engine.EmbedAsync([[]], default));

        await Assert.ThrowsAsync<EngineRequestException>(() => answers.Bad);
        await Assert.ThrowsAsync<EngineRequestException>(() => answers.Empty);
        Assert.Single(await answers.Good);
    }

    [Fact]
    public async Task A_cancelled_request_leaves_the_others_alone()
    {
        await using var engine = await LoadAsync("bert", Mean);
        var inputs = await InputsAsync(engine, 40);
        using var cancellation = new CancellationTokenSource();
        var expected = await engine.EmbedAsync(inputs, default);
        var cancelled = engine.EmbedAsync(inputs, cancellation.Token);
        var kept = engine.EmbedAsync(inputs, default);

        await cancellation.CancelAsync();

        AssertClose(expected, await kept);
        try
        {
            AssertClose(expected, await cancelled);
        }
        catch (OperationCanceledException)
        {
            // It was not done yet.
        }
    }

    [Fact]
    public async Task Facts_say_what_a_ranking_model_puts_around_its_two_texts()
    {
        await using var ranking = await LoadAsync("bert", Rank);
        await using var embedding = await LoadAsync("bert", Mean);

        Assert.Null(embedding.Facts.Pair);
        var pair = Assert.IsType<PairFrame>(ranking.Facts.Pair);
        Assert.Single(pair.Before);
        Assert.Single(pair.Between);
        Assert.Equal(pair.Between, pair.After);
        Assert.Equal("", pair.Template);
    }

    private static async Task<ImmutableArray<ImmutableArray<int>>> InputsAsync(IEngine engine, int count)
    {
        string[] texts = [
            "The sky is blue.", "A Modelfile names the weights.", "Count to five, and then to ten, and then stop.", "Tokyo", "Why?"];
        var inputs = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        for (var input = 0; input < count; input++)
            inputs.Add(
                await engine.TokenizeAsync($"{texts[input % 5]} {input}", addSpecial: true, parseSpecial: true, CancellationToken.None));
        return inputs.ToImmutable();
    }

    private static void AssertClose(IReadOnlyList<ImmutableArray<float>> expected, IReadOnlyList<ImmutableArray<float>> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Distance(pair.First, pair.Second), -1e-9, 1e-4));
    }

    /// <summary>Of the directions; of two numbers, their difference.</summary>
    private static double Distance(ImmutableArray<float> one, ImmutableArray<float> other)
    {
        if (one.Length == 1)
            return Math.Abs(one[0] - other[0]);
        static double Product(ImmutableArray<float> left, ImmutableArray<float> right) => left.Zip(right, (a, b) => (double)a * b).Sum();
        return 1 - (Product(one, other) / Math.Sqrt(Product(one, one) * Product(other, other)));
    }

    private async Task<IEngine> LoadAsync(string kind, int pooling)
    {
        var path = Path.Combine(_folder, $"{kind}-{pooling}.gguf");
        if (!File.Exists(path))
        {
            var shape = kind == "bert" ? ModelShape.Encoder(128, 2, 4, 256, 256, pooling)
                : ModelShape.Llama(128, 2, 4, 4, 256, 256, pooling: pooling);
            GeneratedModel.Write(shape, path);
        }

        // Flash attention adds up in half precision, and in another order where a step has many tokens.
        var profile = new LoadProfile { Weights = path, ContextLength = 256, Embeddings = true, FlashAttention = false };
        return await Pico.Loader().LoadAsync(profile, null, CancellationToken.None);
    }
}
