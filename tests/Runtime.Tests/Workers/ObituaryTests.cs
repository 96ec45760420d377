using ModelOps.Runtime.Workers;

namespace ModelOps.Runtime.Tests.Workers;

public class ObituaryTests
{
    [Theory]
    [InlineData(0, " with code 0.")]
    [InlineData(4, " with code 4.")]
    [InlineData(134, " with signal 6.")]
    [InlineData(137, ": it was killed (signal 9), perhaps because memory ran out.")]
    public void An_exit_code_is_a_code_or_a_signal(int code, string told) => Assert.Equal(told, Obituary.OfEnded(code, lastWords: ""));

    [Fact]
    public void A_worker_that_was_killed_on_purpose_has_the_reason_and_not_the_signal() =>
        Assert.Equal(": it said nothing for 30 s.", Obituary.OfKilled("it said nothing for 30 s", lastWords: ""));

    [Fact]
    public void Last_words_come_last()
    {
        Assert.Equal(" with signal 6. It said: ggml.c:7: fatal error", Obituary.OfEnded(134, "ggml.c:7: fatal error"));
        Assert.Equal(": a reason. It said: words", Obituary.OfKilled("a reason", "words"));
    }
}
