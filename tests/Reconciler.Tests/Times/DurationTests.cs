using ModelOps.Reconciler.Times;

namespace ModelOps.Reconciler.Tests.Times;

public class DurationTests
{
    [Theory]
    [InlineData("90s", 90_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("14d", 1_209_600_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("20ms", 20)]
    public void A_repository_writes_numbers_with_units(string text, double milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("0")]
    [InlineData("-5m")]
    [InlineData("5x")]
    [InlineData("5m,")]
    [InlineData("1.2.3s")]
    [InlineData("100us")]
    [InlineData("40000d")]
    public void Everything_else_is_no_duration_of_a_repository(string text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData("1d2h3m4s5ms")]
    [InlineData("0s")]
    [InlineData("90m")]
    public void What_is_written_reads_back_the_same(string text)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.True(Durations.TryParse(Durations.Format(duration), out var again));
        Assert.Equal(duration, again);
    }

    [Theory]
    [InlineData("1h30m", 5_400)]
    [InlineData("-1.5h", -5_400)]
    [InlineData("+10s", 10)]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("2000000us", 2)]
    [InlineData("2000000µs", 2)]
    [InlineData("3000000000ns", 3)]
    public void The_reference_has_signs_and_small_units_and_a_plain_zero(string text, double seconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Fact]
    public void What_is_wrong_with_a_duration_is_told_apart()
    {
        Assert.Equal(new DurationText.NoUnit(), GoDuration.Read("1h30"));
        Assert.Equal(new DurationText.UnknownUnit("d"), GoDuration.Read("2d"));
        Assert.Equal(new DurationText.Invalid(), GoDuration.Read("soon"));
        Assert.Equal(new DurationText.Invalid(), GoDuration.Read("-"));
        Assert.Equal(new DurationText.Invalid(), GoDuration.Read(".s"));
        Assert.False(GoDuration.TryParse(new string('9', 400) + "h", out _));
    }
}
