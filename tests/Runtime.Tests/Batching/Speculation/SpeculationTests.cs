using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Hosting;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Runtime.Tests.Workers;
using ModelOps.TestKit.Generated;

namespace ModelOps.Runtime.Tests.Batching.Speculation;

/// <summary>With guesses the same is said in fewer steps.</summary>
/// <remarks>
/// The clock counts its readings, so that every step seems to take equally long and guesses are made wherever they are right.
/// </remarks>
public sealed class SpeculationTests : IDisposable
{
    private const string Sky =
        "Air scatters blue light more than red light, because blue light has a shorter wavelength. So the sky looks blue.";

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-speculation-").FullName;

    public static TheoryData<string> Kinds { get; } =
        ["greedy", "seeded", "hot", "penalties", "grammar", "late grammar", "stop", "log probabilities", "limit", "shift"];

    public static TheoryData<string> Sources { get; } = ["lookup", "draft", "both"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_answer_is_the_same_with_lookup(string kind) => await AnswersAreTheSameAsync(kind, "lookup");

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_answer_is_the_same_with_a_draft_model(string kind) => await AnswersAreTheSameAsync(kind, "draft");

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_text_that_repeats_itself_takes_fewer_steps(string source)
    {
        await using var engine = await LoadAsync(Guessing(source));
        var request = await EndlessAsync(engine, "Count to five.", 300);

        var answer = await engine.RunAsync(request);

        Assert.Equal(300, answer.End.Usage.GeneratedTokens);
        Assert.InRange(engine.Statistics.RightGuesses, 20, engine.Statistics.GuessedTokens);
        Assert.Equal(300 - engine.Statistics.RightGuesses, engine.Statistics.DecodeCalls);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Conversations_go_on_with_what_was_really_said(string source)
    {
        await using var plain = await LoadAsync(Pico.Profile(1024));
        await using var guessing = await LoadAsync(Guessing(source, context: 1024));
        foreach (var engine in (IEngine[])[plain, guessing])
            await engine.RunAsync(await engine.AskAsync("Why is the sky blue?", system: Sky));

        var next = await plain.AskAsync("Why is the sky blue? Say it again.", system: Sky);

        var (expected, answer) = (await plain.RunAsync(next), await guessing.RunAsync(next));
        Assert.Equal(expected.Text, answer.Text);
        Assert.Equal(expected.End.Usage.CachedTokens, answer.End.Usage.CachedTokens);
        Assert.True(guessing.Statistics.GuessedTokens > 0);
    }

    [Fact]
    public async Task Nothing_is_guessed_beside_another_stream()
    {
        await using var engine = await LoadAsync(Guessing("both", context: 2048, slots: 2));
        using var enough = new CancellationTokenSource();
        await using var one = engine.GenerateAsync(await EndlessAsync(engine, "Count to five.", 2000), enough.Token)
            .GetAsyncEnumerator(enough.Token);
        await ReadAsync(one, 100);
        Assert.True(engine.Statistics.GuessedTokens > 0);

        await using var other = engine.GenerateAsync(await EndlessAsync(engine, "Tell me a joke.", 2000), enough.Token)
            .GetAsyncEnumerator(enough.Token);
        await ReadAsync(other, 1);
        var before = engine.Statistics.GuessedTokens;
        await ReadAsync(other, 100);
        Assert.Equal(before, engine.Statistics.GuessedTokens);
        await enough.CancelAsync();
    }

    [Fact]
    public async Task Nothing_is_guessed_unless_the_profile_says_so()
    {
        await using var engine = await LoadAsync(Pico.Profile());

        await engine.RunAsync(await EndlessAsync(engine, "Count to five.", 200));

        Assert.Equal(0, engine.Statistics.GuessedTokens);
    }

    [Fact]
    public async Task A_sliding_window_takes_wrong_guesses_back()
    {
        var path = GeneratedModel.Write(ModelShape.SlidingWindow, Path.Combine(_folder, "window.gguf"));
        await using var plain = await LoadAsync(Pico.Profile(1024) with { Weights = path });
        await using var guessing = await LoadAsync(Pico.Profile(1024) with { Weights = path, LookupTokens = 15 });
        // The prompt is longer than the window, so that a step of guesses could push out what the next one needs.
        var request = await EndlessAsync(plain, string.Concat(Enumerable.Repeat("Count to five. ", 20)), 400) with { TopLogprobs = 2 };

        var (expected, answer) = (await plain.RunAsync(request), await guessing.RunAsync(request));

        // Nobody trained this model, so now and then two tokens are as likely as each other; from there on the answers may part.
        var common = expected.Tokens.AsSpan().CommonPrefixLength(answer.Tokens.AsSpan());
        Assert.True(common > 32, $"they part after {common} tokens");
        for (var at = 0; at < common; at++)
            Assert.Equal(expected.Logprobs[at].Logprob, answer.Logprobs[at].Logprob, 0.05);

        Assert.True(
            common == expected.Tokens.Length || expected.Logprobs[common].Top[0].Logprob - expected.Logprobs[common].Top[1].Logprob < 0.05);
        Assert.InRange(guessing.Statistics.RightGuesses, 1, guessing.Statistics.GuessedTokens - 1);
    }

    [Fact]
    public async Task A_recurrent_state_cannot_take_a_guess_back_so_none_is_made()
    {
        var path = GeneratedModel.Write(ModelShape.Recurrent, Path.Combine(_folder, "recurrent.gguf"));
        await using var engine = await LoadAsync(
            Pico.Profile() with { Weights = path, LookupTokens = 15, Draft = Pico.Path, DraftTokens = 4 });

        await engine.RunAsync(await EndlessAsync(engine, "Count to five.", 100));

        Assert.Equal(0, engine.Statistics.GuessedTokens);
    }

    [Fact]
    public async Task A_draft_that_knows_nothing_changes_no_answer()
    {
        var draft = GeneratedModel.Write(ModelShape.Llama(64, 1, 2, 2, 64, 2048, vocabulary: 1100), Path.Combine(_folder, "random.gguf"));
        await using var plain = await LoadAsync(Pico.Profile());
        await using var guessing = await LoadAsync(Pico.Profile() with { Draft = draft, DraftTokens = 4 });
        var request = await plain.AskAsync("Why is the sky blue?");

        Assert.Equal("", guessing.Facts.DraftProblem);
        Assert.Equal((await plain.RunAsync(request)).Text, (await guessing.RunAsync(request)).Text);
    }

    [Fact]
    public async Task A_draft_that_does_not_suit_is_told_and_left_out()
    {
        var other = GeneratedModel.Write(ModelShape.Llama(64, 1, 2, 2, 64, 2048, vocabulary: 2000), Path.Combine(_folder, "other.gguf"));
        var recurrent = GeneratedModel.Write(ModelShape.Recurrent, Path.Combine(_folder, "recurrent.gguf"));
        foreach (var (draft, why) in ((string, string)[])[
            (other, "another vocabulary"), (recurrent, "cannot be cut"), ("/nowhere.gguf", "do not exist")])
        {
            await using var engine = await LoadAsync(Pico.Profile() with { Draft = draft, DraftTokens = 4 });

            Assert.Contains(why, engine.Facts.DraftProblem, StringComparison.Ordinal);
            Assert.Equal(3, (await engine.RunAsync(await engine.AskAsync("Why is the sky blue?", maxTokens: 3))).Tokens.Length);
        }
    }

    [Fact]
    public async Task A_worker_tells_what_its_engine_guessed()
    {
        await using var loader = WorkerEngineTests.Loader();
        await using var engine = await loader.LoadAsync(Guessing("lookup"), null, CancellationToken.None);

        await engine.RunAsync(await EndlessAsync(engine, "Count to five.", 300));

        Assert.InRange(engine.Statistics.RightGuesses, 1, engine.Statistics.GuessedTokens);
    }

    [Fact]
    public async Task The_memory_of_a_draft_is_counted()
    {
        await using var plain = await LoadAsync(Pico.Profile());
        await using var guessing = await LoadAsync(Guessing("draft"));

        Assert.True(guessing.Facts.Memory.Total > plain.Facts.Memory.Total + plain.Facts.Memory.Weights);
        Assert.Equal(plain.Facts.Memory.KeyValueCache, guessing.Facts.Memory.KeyValueCache);
    }

    private static async Task AnswersAreTheSameAsync(string kind, string source)
    {
        var context = kind == "shift" ? 128 : 1024;
        await using var plain = await LoadAsync(Pico.Profile(context));
        await using var guessing = await LoadAsync(Guessing(source, context));
        foreach (var question in (string[])["Why is the sky blue?", "Count to five.", "What is a Modelfile?", "Tell me a joke."])
        {
            var request = await RequestAsync(plain, kind, question);

            var (expected, answer) = (await plain.RunAsync(request), await guessing.RunAsync(request));

            Assert.Equal(expected.Text, answer.Text);
            Assert.Equal(expected.Tokens, answer.Tokens);
            Assert.Equal(expected.End.Reason, answer.End.Reason);
            Assert.Equal(expected.End.Usage.GeneratedTokens, answer.End.Usage.GeneratedTokens);
            AssertAlike(expected.Logprobs, answer.Logprobs);
        }

        Assert.InRange(guessing.Statistics.RightGuesses, 1, guessing.Statistics.GuessedTokens);
        Assert.Equal(plain.Statistics.DecodedTokens, guessing.Statistics.DecodedTokens);
        Assert.True(guessing.Statistics.DecodeCalls < plain.Statistics.DecodeCalls, "guesses saved no step");
    }

    private static async Task<EngineRequest> RequestAsync(IEngine engine, string kind, string question)
    {
        // A step of many tokens rounds otherwise than one of one. That decides where two tokens are about as likely, as they are when the
        // model is made to talk on for long after its answer.
        var endless = await EndlessAsync(engine, question, 80);
        SamplingSettings Drawn(float temperature) => endless.Sampling with { Temperature = temperature, Seed = 11 };
        return kind switch
        {
            "greedy" => await engine.AskAsync(question, system: Sky) with { Stop = ["never"] },
            "seeded" => endless with { Sampling = Drawn(0.8f) },
            "hot" => endless with { Sampling = Drawn(1.2f) with { TopK = 8 } },
            "penalties" =>
                endless with { Sampling = Drawn(0.8f) with { RepeatPenalty = 1.05f, PresencePenalty = 0.1f, FrequencyPenalty = 0.05f } },
            "grammar" => endless with
            {
                Grammar = "root ::= \"[\" item (\", \" item){20,30} \"]\"\nitem ::= \"\\\"name\\\": \" [a-c]",
                Sampling = Drawn(1f)
            },
            "late grammar" =>
                await engine.AskAsync(question, system: Sky) with { Grammar = "root ::= [A-Za-z ,]+", GrammarStartsAfter = " " },
            "stop" => endless with { Stop = ["zzzz", "is a", "red l", "3"] },
            "log probabilities" => endless with { TopLogprobs = 2 },
            "limit" => endless with { MaxTokens = 37 },
            "shift" => endless with { Shift = true, MaxTokens = 400 },
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    /// <summary>A step of many tokens rounds otherwise than one of one.</summary>
    private static void AssertAlike(ImmutableArray<TokenLogprob> expected, ImmutableArray<TokenLogprob> actual)
    {
        Assert.Equal(expected.Select(entry => entry.Token), actual.Select(entry => entry.Token));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.Logprob, pair.Second.Logprob, 0.02f));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.Top.Length, pair.Second.Top.Length));
    }

    private static async Task<EngineRequest> EndlessAsync(IEngine engine, string question, int tokens) =>
        await engine.AskAsync(question, tokens, Sky) with
        {
            Sampling = new SamplingSettings { Temperature = 0, LogitBias = await engine.NoEndAsync() },
        };

    private static async Task ReadAsync(IAsyncEnumerator<EngineChunk> chunks, int count)
    {
        for (; count > 0; count--)
            Assert.True(await chunks.MoveNextAsync());
    }

    private static LoadProfile Guessing(string source, int context = 512, int slots = 1) => Pico.Profile(context, slots) with
    {
        LookupTokens = source == "draft" ? 0 : 15,
        Draft = Pico.Path,
        DraftTokens = source == "lookup" ? 0 : 7,
    };

    private static Task<IEngine> LoadAsync(LoadProfile profile) =>
        new LocalEngineLoader(Pico.Options, new CountingClock(), NullLogger<LocalEngineLoader>.Instance)
            .LoadAsync(profile, null, CancellationToken.None);

    /// <summary>Every reading is a millisecond after the one before.</summary>
    private sealed class CountingClock : TimeProvider
    {
        private long _readings;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Interlocked.Increment(ref _readings);
    }
}
