using System.CommandLine;
using ModelOps.Cli.Configuration;
using ModelOps.Cli.Hosting;
using ModelOps.Http;

namespace ModelOps.Cli.Tests;

/// <summary>Limits of the server as they are written, on the command line or in the environment.</summary>
public class LimitOptionsTests
{
    [Theory]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("64mib", 64L << 20)]
    [InlineData("1.5GB", 1_500_000_000)]
    [InlineData("2 KiB", 2048)]
    [InlineData("8000000", 8_000_000)]
    [InlineData("7B", 7)]
    [InlineData("0", 0)]
    public void An_amount_of_bytes_has_a_unit_or_none(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1MiB")]
    [InlineData("1e9")]
    [InlineData("64 megabytes")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("9999999999TiB")]
    public void What_is_no_amount_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Fact]
    public void Each_limit_is_read_in_its_unit()
    {
        var limits = Read(
            [], "--max-body", "2MiB", "--header-timeout", "1m30s", "--body-rate", "0", "--max-connections", "9", "--max-header-bytes",
            "8KiB");

        Assert.Equal(
            (2L << 20, TimeSpan.FromSeconds(90), 0L, 9, 8192),
            (limits.MaxBody, limits.HeaderTimeout, limits.BodyRate, limits.MaxConnections, limits.MaxHeaderBytes));
        Assert.Equal(TimeSpan.FromSeconds(45), Read([], "--header-timeout", "45").HeaderTimeout);
    }

    [Fact]
    public void The_command_line_goes_before_the_environment_and_that_before_the_default()
    {
        var environment = new Dictionary<string, string> { ["MODELOPS_MAX_BODY"] = "3MiB", ["MODELOPS_BODY_RATE"] = "5" };

        var limits = Read(environment, "--max-body", "1MiB");

        Assert.Equal((1L << 20, 5L, new HttpLimits().MaxConnections), (limits.MaxBody, limits.BodyRate, limits.MaxConnections));
    }

    [Theory]
    [InlineData("--max-body", "many")]
    [InlineData("--header-timeout", "soon")]
    [InlineData("--body-rate", "-1")]
    [InlineData("--max-connections", "1.5")]
    [InlineData("--max-header-bytes", "")]
    public void What_cannot_be_read_is_told_with_its_place(string option, string value)
    {
        var error = Assert.Throws<CliException>(() => Read([], option, value));
        Assert.StartsWith($"{option} '{value}' is not ", error.Message, StringComparison.Ordinal);
        if (value.Length == 0)
            return;
        var variable = "MODELOPS_" + option[2..].Replace('-', '_').ToUpperInvariant();
        error = Assert.Throws<CliException>(() => Read(new() { [variable] = value }));
        Assert.StartsWith($"{variable} '{value}' is not ", error.Message, StringComparison.Ordinal);
    }

    private static HttpLimits Read(Dictionary<string, string> environment, params string[] arguments)
    {
        var command = new Command("serve");
        var flags = new HostFlags(command);
        var parsed = command.Parse(arguments);
        var values = new HostValues(
            HostFile.Empty, new HostEnvironment(name => environment.GetValueOrDefault(name)), setting => flags.Given(parsed, setting));
        using var shell = new Shell();
        return new ServeOptionsReader(shell.Context(), values).Limits();
    }
}
