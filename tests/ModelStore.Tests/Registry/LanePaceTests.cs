using ModelOps.ModelStore.Registry;

namespace ModelOps.ModelStore.Tests.Registry;

public sealed class LanePaceTests
{
    [Fact]
    public void Connections_that_are_slower_than_the_line_become_many()
    {
        var pace = new LanePace(16);

        Assert.Equal([2, 4, 8, 16, 16], Lanes(pace, lanes => lanes * 10_000_000.0, 5));
    }

    [Fact]
    public void A_line_that_is_full_keeps_the_first_parts_in_front()
    {
        var pace = new LanePace(16);

        Assert.Equal([2, 4, 2, 2], Lanes(pace, _ => 900_000_000, 4));
    }

    [Fact]
    public void What_did_not_pay_is_tried_again_after_a_while()
    {
        var pace = new LanePace(16);
        Lanes(pace, _ => 900_000_000, 3);

        Assert.Contains(4, Lanes(pace, _ => 900_000_000, 40));
    }

    [Fact]
    public void Lanes_that_stop_paying_are_given_up_one_step_at_a_time()
    {
        var pace = new LanePace(16);

        Assert.Equal([2, 4, 8, 4, 4], Lanes(pace, lanes => Math.Min(lanes, 4) * 10_000_000.0, 5));
    }

    [Fact]
    public void Never_are_there_more_than_may_be() => Assert.Equal([1, 1, 1], Lanes(new LanePace(1), lanes => lanes * 1e9, 3));

    /// <summary>Lanes before each of some measurements.</summary>
    private static IEnumerable<int> Lanes(LanePace pace, Func<int, double> rate, int measurements)
    {
        for (var at = 0; at < measurements; at++)
        {
            yield return pace.Lanes;
            pace.Measure(rate(pace.Lanes));
        }
    }
}
