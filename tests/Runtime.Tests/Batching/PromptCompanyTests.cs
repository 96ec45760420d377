using ModelOps.Runtime.Batching;

namespace ModelOps.Runtime.Tests.Batching;

public class PromptCompanyTests
{
    private static readonly TimeSpan s_millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void A_prompt_waits_a_hundredth_of_its_time_and_then_begins()
    {
        Assert.Equal(2 * s_millisecond, PromptCompany.Wait(200 * s_millisecond, TimeSpan.Zero));
        Assert.Equal(s_millisecond, PromptCompany.Wait(200 * s_millisecond, s_millisecond));
        Assert.Equal(TimeSpan.Zero, PromptCompany.Wait(200 * s_millisecond, 2 * s_millisecond));
        Assert.Equal(TimeSpan.Zero, PromptCompany.Wait(200 * s_millisecond, TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Each_that_comes_makes_it_worth_to_wait_longer_for_the_next() =>
        Assert.Equal(3 * s_millisecond, PromptCompany.Wait(400 * s_millisecond, s_millisecond));

    [Fact]
    public void A_short_one_does_not_wait() => Assert.Equal(TimeSpan.Zero, PromptCompany.Wait(20 * s_millisecond, TimeSpan.Zero));

    [Fact]
    public void Where_nothing_is_known_of_the_engine_two_milliseconds_are_waited()
    {
        Assert.Equal(2 * s_millisecond, PromptCompany.Wait(TimeSpan.Zero, TimeSpan.Zero));
        Assert.Equal(TimeSpan.Zero, PromptCompany.Wait(TimeSpan.Zero, 2 * s_millisecond));
    }
}
