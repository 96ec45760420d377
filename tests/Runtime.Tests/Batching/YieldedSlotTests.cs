using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Hosting;
using ModelOps.Runtime.Tests.Engines;

namespace ModelOps.Runtime.Tests.Batching;

/// <summary>A slot that was given to another client for a while: the answer that gave it is what it would have been.</summary>
public sealed class YieldedSlotTests
{
    [Theory]
    [InlineData("What is a Modelfile?", "Why is the sky blue?")]
    [InlineData("Why is the sky blue?", "Count to five.")]
    [InlineData("What is the capital of Japan?", "What is a Modelfile?")]
    public async Task Answers_that_made_room_go_on_where_they_were(string question, string other)
    {
        // In the time of this engine everybody has waited long enough after a few tokens.
        await using var engine = await new LocalEngineLoader(Pico.Options, new HastyClock(), NullLogger<LocalEngineLoader>.Instance)
            .LoadAsync(Pico.Profile(2048, slots: 2), null, TestContext.Current.CancellationToken);
        var noEnd = await engine.NoEndAsync();
        EngineRequest[] natural = [await engine.AskAsync(question), await engine.AskAsync(other)];
        var expected = new List<string>();
        foreach (var request in natural)
            expected.Add((await engine.RunAsync(request)).Text);

        // They go on long after their answer, so that they still run when the other client comes.
        var greedy = natural.Select(request => engine.RunAsync(request with
        {
            MaxTokens = 1500,
            Client = "greedy",
            Sampling = new SamplingSettings { Temperature = 0, LogitBias = noEnd },
        })).ToArray();
        var single = await engine.RunAsync((await engine.AskAsync("Say ok.", maxTokens: 3)) with { Client = "other" });
        var wereRunning = greedy.All(answer => !answer.IsCompleted);
        var answers = await Task.WhenAll(greedy);

        Assert.True(wereRunning, "the other client waited for the end of an answer");
        Assert.Equal(3, single.Tokens.Length);
        Assert.All(answers, (answer, at) => Assert.StartsWith(expected[at], answer.Text, StringComparison.Ordinal));
        Assert.All(answers, answer => Assert.Equal(1500, answer.Tokens.Length));
        Assert.All(answers, answer => Assert.InRange(answer.End.Usage.CachedTokens, 0, answer.End.Usage.PromptTokens));
    }

    /// <summary>Every reading is a fifth of a second after the one before.</summary>
    private sealed class HastyClock : TimeProvider
    {
        private long _readings;

        public override long TimestampFrequency => 5;

        public override long GetTimestamp() => Interlocked.Increment(ref _readings);
    }
}
