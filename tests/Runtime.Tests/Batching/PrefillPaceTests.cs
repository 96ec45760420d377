using ModelOps.Runtime.Batching;

namespace ModelOps.Runtime.Tests.Batching;

public class PrefillPaceTests
{
    private readonly PrefillPace _pace = new(batchSize: 2048);

    [Fact]
    public void Where_nobody_waits_for_a_token_prompts_fill_the_batch()
    {
        Learn(16, 62);

        Assert.Equal(2048, _pace.Next(othersDecode: false, TimeSpan.Zero));
    }

    [Fact]
    public void Beside_streams_a_step_takes_what_a_reader_does_not_notice()
    {
        Learn(32, 110);

        Assert.Equal(34, _pace.Next(othersDecode: true, TimeSpan.FromMilliseconds(15)));
    }

    [Fact]
    public void Beside_streams_whose_tokens_take_long_a_step_takes_twice_as_long_as_those()
    {
        Learn(64, 200);

        Assert.Equal(51, _pace.Next(othersDecode: true, TimeSpan.FromMilliseconds(80)));
        Assert.Equal(128, _pace.Next(othersDecode: true, TimeSpan.FromSeconds(9)));
    }

    /// <summary>The tokens of a large step cost less each, which says nothing about a small one.</summary>
    [Fact]
    public void A_small_step_is_judged_by_small_ones()
    {
        Learn(512, 1280);
        Learn(32, 112);

        Assert.Equal(34, _pace.Next(othersDecode: true, TimeSpan.Zero));
        Assert.Equal(112, _pace.TimeOf(32).TotalMilliseconds, 0.1);
        Assert.Equal(1280, _pace.TimeOf(512).TotalMilliseconds, 0.1);
    }

    [Fact]
    public void What_was_never_measured_is_not_known() => Assert.Equal(TimeSpan.Zero, _pace.TimeOf(100));

    [Theory]
    [InlineData(0.1)]
    [InlineData(3)]
    [InlineData(60)]
    public void A_step_takes_at_least_some_tokens_and_at_most_the_batch(double millisecondsOfAToken)
    {
        for (var tokens = 16; tokens <= 2048; tokens *= 2)
            Learn(tokens, tokens * millisecondsOfAToken);

        Assert.InRange(_pace.Next(othersDecode: true, TimeSpan.Zero), 16, 2048);
        Assert.InRange(_pace.Next(othersDecode: true, TimeSpan.FromSeconds(1)), 16, 2048);
    }

    private void Learn(int tokens, double milliseconds) => _pace.Observe(tokens, TimeSpan.FromMilliseconds(milliseconds));
}
