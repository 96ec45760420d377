namespace ModelOps.Http.Tests.Limits;

/// <summary>What may be set, and how amounts are told.</summary>
public class HttpLimitsTests
{
    public static TheoryData<HttpLimits, string> Wrong => new()
    {
        { new HttpLimits { MaxBody = 0 }, "--max-body is between 1 byte and 1 GiB." },
        { new HttpLimits { MaxBody = (1L << 30) + 1 }, "--max-body is between 1 byte and 1 GiB." },
        { new HttpLimits { HeaderTimeout = TimeSpan.FromSeconds(-1) }, "--header-timeout is between 0 (none) and 24h." },
        { new HttpLimits { HeaderTimeout = TimeSpan.FromHours(25) }, "--header-timeout is between 0 (none) and 24h." },
        { new HttpLimits { BodyRate = -1 }, "--body-rate is a number of bytes a second, or 0 for none." },
        { new HttpLimits { MaxConnections = 0 }, "--max-connections is at least 1." },
        { new HttpLimits { MaxHeaderBytes = 1023 }, "--max-header-bytes is between 1 KiB and 16 MiB." },
        { new HttpLimits { MaxHeaderBytes = (16 << 20) + 1 }, "--max-header-bytes is between 1 KiB and 16 MiB." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_makes_no_sense_is_told_with_its_setting(HttpLimits limits, string text) => Assert.Equal(text, limits.Check());

    [Fact]
    public void The_defaults_and_the_ends_of_the_ranges_are_right()
    {
        Assert.Null(new HttpLimits().Check());
        Assert.True(new HttpLimits().MaxConnections >= 4096);
        Assert.Null(
            new HttpLimits { MaxBody = 1, HeaderTimeout = TimeSpan.Zero, BodyRate = 0, MaxConnections = 1, MaxHeaderBytes = 1024 }.Check());
    }

    [Theory]
    [InlineData(1, "1 byte")]
    [InlineData(1000, "1000 bytes")]
    [InlineData(1536, "1536 bytes")]
    [InlineData(2048, "2 KiB")]
    [InlineData(64 << 20, "64 MiB")]
    [InlineData(3L << 30, "3 GiB")]
    public void Amounts_have_the_largest_unit_that_they_fill(long bytes, string text) => Assert.Equal(text, HttpLimits.Size(bytes));
}
