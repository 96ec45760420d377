namespace ModelOps.Cli.Tests;

public class HostEnvironmentTests
{
    [Theory]
    [InlineData(null, 300)]
    [InlineData("", 300)]
    [InlineData("soon", 300)]
    [InlineData("90", 90)]
    [InlineData("2m30s", 150)]
    [InlineData("\"1h\"", 3600)]
    [InlineData("1000000000", 40 * 24 * 3600)]
    public void The_limit_of_a_load_is_a_duration_or_seconds_or_five_minutes(string? text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Of("OLLAMA_LOAD_TIMEOUT", text).LoadLimit());

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("-5m")]
    public void A_limit_of_nothing_is_none(string text) =>
        Assert.Equal(Timeout.InfiniteTimeSpan, Of("OLLAMA_LOAD_TIMEOUT", text).LoadLimit());

    [Theory]
    [InlineData(null, 300)]
    [InlineData("never", 300)]
    [InlineData("0", 0)]
    [InlineData("45", 45)]
    [InlineData("1h30m", 5400)]
    public void The_keep_alive_is_a_duration_or_seconds_or_five_minutes(string? text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Of("OLLAMA_KEEP_ALIVE", text).HostOptions(1).KeepAlive);

    [Theory]
    [InlineData("-1")]
    [InlineData("-1s")]
    public void A_negative_keep_alive_is_for_ever(string text) =>
        Assert.Equal(TimeSpan.MaxValue, Of("OLLAMA_KEEP_ALIVE", text).HostOptions(1).KeepAlive);

    private static HostEnvironment Of(string name, string? value) => new(asked => asked == name ? value : null);
}
