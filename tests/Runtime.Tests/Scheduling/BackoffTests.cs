using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Tests.Scheduling;

public class BackoffTests
{
    [Theory]
    [InlineData(0, 500)]
    [InlineData(1, 1_000)]
    [InlineData(3, 4_000)]
    [InlineData(6, 32_000)]
    [InlineData(7, 60_000)]
    [InlineData(int.MaxValue, 60_000)]
    public void Each_failure_doubles_the_wait_up_to_the_longest(int doublings, double milliseconds) =>
        Assert.Equal(milliseconds, Backoff.Of(TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(1), doublings).TotalMilliseconds);
}
