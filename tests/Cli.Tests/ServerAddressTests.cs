using ModelOps.Cli.Client;

namespace ModelOps.Cli.Tests;

public class ServerAddressTests
{
    [Theory]
    [InlineData(null, "http://127.0.0.1:11434")]
    [InlineData("", "http://127.0.0.1:11434")]
    [InlineData("  ", "http://127.0.0.1:11434")]
    [InlineData("\"example.org\"", "http://example.org:11434")]
    [InlineData(" ' example.org' ", null)]
    [InlineData("example.org:1", "http://example.org:1")]
    [InlineData(":1234", "http://:1234")]
    [InlineData("0.0.0.0", "http://0.0.0.0:11434")]
    [InlineData("http://example.org", "http://example.org:80")]
    [InlineData("https://example.org", "https://example.org:443")]
    [InlineData("HTTPS://example.org", "https://example.org:443")]
    [InlineData("http://", "http://127.0.0.1:80")]
    [InlineData("http:///models/", "http://127.0.0.1:80/models")]
    [InlineData("https://example.org:8443/a/b/", "https://example.org:8443/a/b")]
    [InlineData("example.org/a", "http://example.org:11434/a")]
    [InlineData("ollama.com", "https://ollama.com:443")]
    [InlineData("::1", "http://[::1]:11434")]
    [InlineData("[::1]", "http://[::1]:11434")]
    [InlineData("[::1]:7", "http://[::1]:7")]
    [InlineData("http://[::1]", "http://[::1]:80")]
    [InlineData("my_host-1.internal:7", "http://my_host-1.internal:7")]
    [InlineData("localhost:0", "http://localhost:0")]
    public void An_address_is_read_as_the_reference_reads_it(string? text, string? expected)
    {
        if (expected is null)
            Assert.Throws<FormatException>(() => ServerAddress.Parse(text));
        else
            Assert.Equal(expected, ServerAddress.Parse(text).ToString());
    }

    [Theory]
    [InlineData("h:99999", "99999", 11434)]
    [InlineData("h:-1", "-1", 11434)]
    [InlineData("h:", "", 11434)]
    [InlineData("h:http", "http", 11434)]
    [InlineData("http://h:65536", "65536", 80)]
    [InlineData("https://[::1]:x", "x", 443)]
    public void A_bad_port_becomes_the_default_one_and_is_told(string text, string bad, int port)
    {
        var address = ServerAddress.Parse(text);
        Assert.Equal((bad, port), (address.BadPort, address.Port));
    }

    [Theory]
    [InlineData("tcp://h:1", "'tcp://' is not spoken")]
    [InlineData("unix:///x", "'unix://' is not spoken")]
    [InlineData("ftp://h", "'ftp://' is not spoken")]
    [InlineData("://", "'://' is not spoken")]
    [InlineData("http ://h", "'http ://' is not spoken")]
    [InlineData("foo bar", "'foo bar' is no name")]
    [InlineData("%zz", "'%zz' is no name")]
    [InlineData("a..b", "'a..b' is no name")]
    [InlineData("h:1:2", "'h:1:2' is no name")]
    [InlineData("h\u001b[2J", "is no name")]
    [InlineData("http://[::1", "is no IPv6 address in brackets")]
    [InlineData("[h]:1", "is no IPv6 address in brackets")]
    [InlineData("[::1]x", "is no IPv6 address in brackets")]
    [InlineData("h/a b", "is no path")]
    [InlineData("h/?key=1", "is no path")]
    public void What_is_no_address_says_which_part_is_none(string text, string said) =>
        Assert.Contains(said, Assert.Throws<FormatException>(() => ServerAddress.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("user:pw-canary@h:1")]
    [InlineData("http://pw-canary@h")]
    [InlineData("https://user:pw-canary@h/x")]
    public void A_password_in_an_address_is_refused_and_not_repeated(string text)
    {
        var message = Assert.Throws<FormatException>(() => ServerAddress.Parse(text)).Message;
        Assert.Contains("password", message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:1", "http://127.0.0.1:1/")]
    [InlineData(":1", "http://127.0.0.1:1/")]
    [InlineData("[::]:1", "http://[::1]:1/")]
    [InlineData("https://h/a", "https://h/a/")]
    public void A_client_asks_an_open_address_on_loopback(string text, string uri) =>
        Assert.Equal(uri, ServerAddress.Parse(text).ClientUri.ToString());
}
